//! Shares and amounts in every replicate, from sums by cell.

use super::super::adjusted::Adjusted;
use super::super::cohort::{Cohort, Scope};
use super::super::subgroups::Groups;
use super::quantity::Quantity;
use super::rate_list::{Listed, Made, list};
use crate::estimate::replicate::Replicated;
use crate::estimate::replicate::cells::{CellScratch, CellSums, Column};
use crate::estimate::replicate::contrasts::{
    ArmCell, Contrast, Place, complier_effect, complier_influence, gather,
};
use crate::trial::arm::{Arm, TwoArm};

/// More people than these have their distributions drawn, not computed.
const MOST_FOR_EXACT: usize = 20_000;

/// Sums by arm, stratum and region, and by arm and level of each subgroup.
pub(super) struct Rates<'a> {
    pub(super) cohort: &'a Cohort<'a>,
    quantities: Vec<Quantity>,
    pub(super) sources: Vec<Source>,
    pub(super) tables: Vec<CellTable>,
}

/// Cells, and the groups of them that contrasts are about.
pub(super) struct CellTable {
    sums: CellSums,
    /// The outcomes, for distributions that are known; none where there are too many people for
    /// one.
    pub(super) columns: Vec<Vec<Option<f64>>>,
    /// How many outcomes stand before the products.
    n_outcomes: usize,
    scopes: Vec<CellScope>,
    /// The cell of each participant.
    cells: Vec<usize>,
}

/// Which cells a contrast is about, and where each belongs.
struct CellScope {
    places: Vec<Option<Place>>,
    n_strata: usize,
}

/// What a quantity is made of.
#[derive(Clone, Copy)]
pub(super) struct Source {
    pub(super) table: usize,
    scope: usize,
    pub(super) made: Made,
}

/// Working memory of a replicate.
pub(super) struct Scratch {
    tables: Vec<CellScratch>,
    strata: [Vec<TwoArm<ArmCell>>; 3],
}

impl<'a> Rates<'a> {
    pub(super) fn new(adjusted: Adjusted<'a>) -> Self {
        let cohort = adjusted.cohort;
        let Listed { quantities, made, columns, products } = list(adjusted);
        let (cells, scopes) = cells_of_regions(cohort);
        let mut own = Self { cohort, quantities: Vec::new(), sources: Vec::new(), tables: vec![] };
        own.tables.push(CellTable::new(cells, scopes, columns, &products));
        for (quantity, (scope, made)) in quantities.into_iter().zip(made) {
            let scope = match scope {
                Scope::All => 0,
                Scope::Region(region) => region + 1,
            };
            own.quantities.push(quantity);
            own.sources.push(Source { table: 0, scope, made });
        }
        own.add_subgroups(adjusted);
        own
    }

    /// The difference on any job at each level of each subgroup.
    fn add_subgroups(&mut self, adjusted: Adjusted<'a>) {
        let (setting, cohort) = (adjusted.setting, adjusted.cohort);
        for subgroup in &setting.plan.subgroups {
            let Some(groups) = Groups::new(setting, cohort, subgroup) else { continue };
            let column = super::rate_list::ever_employed(adjusted);
            let n_levels = groups.levels.len();
            // Those of no known level are in a cell that no contrast is about.
            let cell = |at: usize| {
                let level = groups.level_of(at).unwrap_or(n_levels);
                number(cohort.outcomes[at].arm) * (n_levels + 1) + level
            };
            let cells: Vec<usize> = (0..cohort.outcomes.len()).map(cell).collect();
            let scope = |level: usize| CellScope {
                places: (0..2 * (n_levels + 1))
                    .map(|cell| {
                        let arm = Arm::BOTH[cell / (n_levels + 1)];
                        (cell % (n_levels + 1) == level).then_some(Place { stratum: 0, arm })
                    })
                    .collect(),
                n_strata: 1,
            };
            let scopes = (0..n_levels).map(scope).collect();
            let table = self.tables.len();
            self.tables.push(CellTable::new(cells, scopes, vec![column], &[]));
            for (scope, level) in groups.levels.iter().enumerate() {
                let entry = super::rate_list::of_level(adjusted, &subgroup.variable, level);
                self.quantities.push(entry);
                let made = Made::Of(0, Contrast::RiskDifference);
                self.sources.push(Source { table, scope, made });
            }
        }
    }

    pub(super) fn quantities(&self) -> &[Quantity] {
        &self.quantities
    }

    pub(super) fn scratch(&self) -> Scratch {
        let scopes = self.tables.iter().flat_map(|table| &table.scopes);
        let most = scopes.map(|scope| scope.n_strata).max().unwrap_or(0);
        let strata = || vec![TwoArm::default(); most];
        Scratch {
            tables: self.tables.iter().map(|table| table.sums.scratch()).collect(),
            strata: [strata(), strata(), strata()],
        }
    }

    /// Every quantity and its standard error under the case weights.
    pub(super) fn evaluate(
        &self,
        weights: &[u32],
        scratch: &mut Scratch,
        (estimates, std_errors): (&mut [f64], &mut [f64]),
    ) {
        for (table, scratch) in self.tables.iter().zip(&mut scratch.tables) {
            table.sums.sum(weights, scratch);
        }
        let places = estimates.iter_mut().zip(std_errors);
        let mut gathered = None;
        for (source, (estimate, std_error)) in self.sources.iter().zip(places) {
            let own = self.value(*source, scratch, &mut gathered);
            (*estimate, *std_error) = (own.estimate, own.std_error);
        }
    }

    /// A quantity; `gathered` says which column of which scope the first strata hold already.
    fn value(
        &self,
        source: Source,
        scratch: &mut Scratch,
        gathered: &mut Option<[usize; 3]>,
    ) -> Replicated {
        let table = &self.tables[source.table];
        let scope = &table.scopes[source.scope];
        let Scratch { tables, strata: [first, second, third] } = scratch;
        let cells = &tables[source.table];
        let sum = |column: usize, to: &mut [TwoArm<ArmCell>]| {
            gather(cells.cells(column), &scope.places, to);
        };
        let n = scope.n_strata;
        match source.made {
            Made::Of(column, contrast) => {
                let wanted = Some([source.table, source.scope, column]);
                if *gathered != wanted {
                    sum(column, &mut first[..n]);
                    *gathered = wanted;
                }
                contrast.evaluate(&first[..n], table.sums.centre(column))
            }
            Made::Complier { outcome, take_up, product } => {
                *gathered = None;
                sum(outcome, &mut first[..n]);
                sum(take_up, &mut second[..n]);
                sum(table.n_outcomes + product, &mut third[..n]);
                complier_effect(&first[..n], &second[..n], &third[..n])
            }
        }
    }

    /// The derivative of a quantity by everyone's case weight; `scratch` is of the data
    /// themselves.
    pub(super) fn influence(&self, at: usize, scratch: &Scratch) -> Vec<f64> {
        let source = self.sources[at];
        let table = &self.tables[source.table];
        let scope = &table.scopes[source.scope];
        let cells = &scratch.tables[source.table];
        let of = |column: usize, contrast: Contrast| {
            let mut strata = vec![TwoArm::default(); scope.n_strata];
            gather(cells.cells(column), &scope.places, &mut strata);
            let influence = table.sums.influence(column, &scope.places, &contrast.slopes(&strata));
            (contrast.evaluate(&strata, table.sums.centre(column)).estimate, influence)
        };
        match source.made {
            Made::Of(column, contrast) => of(column, contrast).1,
            Made::Complier { outcome, take_up, .. } => {
                let rho = of(outcome, Contrast::ArmAndStrata);
                let pi = of(take_up, Contrast::ArmAndStrata);
                complier_influence((rho.0, &rho.1), (pi.0, &pi.1))
            }
        }
    }

    /// Who of an arm a quantity is about.
    pub(super) fn members(&self, source: Source, arm: Arm) -> Vec<usize> {
        let table = &self.tables[source.table];
        let places = &table.scopes[source.scope].places;
        let is_in = |at: &usize| places[table.cells[*at]].is_some_and(|place| place.arm == arm);
        (0..table.cells.len()).filter(is_in).collect()
    }
}

impl CellTable {
    fn new(
        cells: Vec<usize>,
        scopes: Vec<CellScope>,
        columns: Vec<Vec<Option<f64>>>,
        products: &[(usize, usize)],
    ) -> Self {
        let outcomes = columns.iter().map(|column| Column::Outcome(column));
        let products = products.iter().map(|&(y, d)| Column::Product(&columns[y], &columns[d]));
        let all: Vec<Column<'_>> = outcomes.chain(products).collect();
        let n_cells = scopes.first().map_or(0, |scope| scope.places.len());
        let sums = CellSums::new(&cells, n_cells, &all);
        let n_outcomes = columns.len();
        let columns = if cells.len() > MOST_FOR_EXACT { Vec::new() } else { columns };
        Self { sums, columns, n_outcomes, scopes, cells }
    }
}

fn number(arm: Arm) -> usize {
    match arm {
        Arm::Intervention => 0,
        Arm::Control => 1,
    }
}

/// The cell of each participant, arm × stratum × region, and the scopes: all regions first.
fn cells_of_regions(cohort: &Cohort<'_>) -> (Vec<usize>, Vec<CellScope>) {
    let (n_strata, n_regions) = (cohort.strata.len(), cohort.n_regions());
    let cells = cohort.outcomes.iter().zip(&cohort.strata.codes);
    let cells =
        cells.map(|(p, &stratum)| (number(p.arm) * n_strata + stratum) * n_regions + p.region);
    let scope = |wanted: Scope| {
        let place = |cell: usize| {
            let (group, region) = (cell / n_regions, cell % n_regions);
            let place = Place { stratum: group % n_strata, arm: Arm::BOTH[group / n_strata] };
            let is_in = wanted == Scope::All || wanted == Scope::Region(region);
            is_in.then_some(place)
        };
        CellScope { places: (0..2 * n_strata * n_regions).map(place).collect(), n_strata }
    };
    (cells.collect(), cohort.scopes().map(scope).collect())
}
