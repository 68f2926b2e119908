//! Where panels stand: as many side by side as there is room for.

use super::drawing::{Align, Canvas, Frame, Plot};
use super::key::{self, KeyEntry};
use super::lettering::{shortened, wrap_to};
use super::panel::{Grid, Label, Panel, PanelRow, Piece};
use super::panel_draw::{self, NUMBER_LINE, Place, TITLE_DROP, half_width};
use super::style::{LABEL, MARGIN, STRONG, TICK};

/// Width of the page for which figures say how many panels stand side by side.
const PAGE_WIDTH: f64 = 720.0;

/// A plot is at least as wide as this, or fewer panels stand side by side.
const NARROWEST: f64 = 104.0;

/// Names of curves wider than this share of a plot go to a key.
const WIDEST_NAME: f64 = 0.5;

/// Names of lines of numbers are at most this wide: beside one column of panels, and beside more.
const WIDEST_LINE_NAME: [f64; 2] = [150.0, 94.0];

/// With more columns than these only the first panel of a row has the words of its scale.
const MOST_LABELLED: usize = 3;

const COLUMN_GAP: f64 = 18.0;
const ROW_GAP: f64 = 18.0;
const ROW_HEADING: f64 = 18.0;
const HEAD_LINE: f64 = 14.0;

/// Room for words at the upper edge of a plot, below its heading.
const ABOVE_LINE: f64 = 13.0;

/// From the baseline of the lowest line of a heading to the frame.
const HEAD_DROP: f64 = 9.0;

/// Sizes that all panels of a grid share, in pixels.
struct Layout {
    columns: usize,
    plot_width: f64,
    /// In front of the first plot of a row, and of the others.
    gutters: (f64, f64),
    /// Behind each plot, for names beside it.
    beside: f64,
    /// From the frame to the names of lines of numbers.
    line_gap: f64,
    line_name: f64,
    head: f64,
    lines: f64,
    has_names: bool,
    key: Vec<Vec<KeyEntry>>,
}

/// Panels side by side, the first one's heading over all of them.
struct Strip<'g> {
    heading: &'g str,
    panels: &'g [Panel],
}

impl Grid {
    fn panels(&self) -> impl Iterator<Item = &Panel> {
        self.rows.iter().flat_map(|row| &row.panels)
    }

    /// Height on a sheet of that width.
    pub(crate) fn height(&self, width: f64) -> f64 {
        let layout = Layout::new(self, width);
        let strips = self.strips(layout.columns);
        let each = strips.iter().map(|strip| layout.strip_height(self, strip));
        let gaps = ROW_GAP * (strips.len() as f64 - 1.0).max(0.0);
        self.top_height(&layout) + each.sum::<f64>() + gaps
    }

    fn top_height(&self, layout: &Layout) -> f64 {
        let names = [&self.axis_name, &self.axis_note];
        let lines = names.into_iter().filter(|line| !line.is_empty()).count() as f64;
        let gap = if lines > 0.0 { 6.0 } else { 0.0 };
        key::height(layout.key.len()) + lines * HEAD_LINE + gap
    }

    /// Its strips of panels on a sheet of that width, as parts of its rows.
    pub(crate) fn pieces(&self, width: f64) -> Vec<Piece> {
        let columns = Layout::new(self, width).columns;
        let of_row = |(at, row): (usize, &PanelRow)| {
            let n = row.panels.len();
            (0..n).step_by(columns).map(move |from| (at, from..n.min(from + columns)))
        };
        self.rows.iter().enumerate().flat_map(of_row).collect()
    }

    /// The grid with some of its panels.
    pub(crate) fn part(&self, pieces: &[Piece]) -> Self {
        let mut rows: Vec<(usize, PanelRow)> = Vec::new();
        for (at, range) in pieces {
            let panels = self.rows[*at].panels[range.clone()].iter().cloned();
            match rows.last_mut() {
                Some((known, row)) if known == at => row.panels.extend(panels),
                _ => {
                    let heading = self.rows[*at].heading.clone();
                    rows.push((*at, PanelRow { heading, panels: panels.collect() }));
                }
            }
        }
        Self { rows: rows.into_iter().map(|(_, row)| row).collect(), ..self.clone() }
    }

    fn strips(&self, columns: usize) -> Vec<Strip<'_>> {
        let strips = self.rows.iter().flat_map(|row| {
            let chunks = row.panels.chunks(columns.max(1));
            chunks.map(|panels| Strip { heading: &row.heading, panels })
        });
        strips.collect()
    }

    /// Draws all panels from the top of their body down.
    pub(crate) fn draw(&self, canvas: &mut Canvas, top: f64, width: f64) {
        let layout = Layout::new(self, width);
        key::draw_lines(canvas, top, &layout.key);
        let mut y = top + key::height(layout.key.len()) + 10.0;
        for (line, look) in [(&self.axis_name, LABEL), (&self.axis_note, TICK)] {
            let shown = shortened(line, look, width - 2.0 * MARGIN);
            canvas.text((MARGIN, y), &shown, look, Align::Left);
            y += if line.is_empty() { 0.0 } else { HEAD_LINE };
        }
        let mut y = top + self.top_height(&layout);
        for strip in self.strips(layout.columns) {
            if !strip.heading.is_empty() {
                let heading = shortened(strip.heading, STRONG, width - 2.0 * MARGIN);
                canvas.text((MARGIN, y + 11.0), &heading, STRONG, Align::Left);
            }
            self.draw_strip(canvas, y, &layout, &strip);
            y += layout.strip_height(self, &strip) + ROW_GAP;
        }
    }

    fn draw_strip(&self, canvas: &mut Canvas, top: f64, layout: &Layout, strip: &Strip<'_>) {
        let heading = if strip.heading.is_empty() { 0.0 } else { ROW_HEADING };
        let mut left = MARGIN + layout.gutters.0;
        for (column, panel) in strip.panels.iter().enumerate() {
            let top = top + heading + layout.head;
            let right = left + layout.plot_width;
            let frame = Frame { left, top, right, bottom: top + self.plot_height };
            let plot = Plot { frame, x: (panel.x.from, panel.x.to), y: panel.y.axis.range() };
            draw_heading(canvas, frame, panel, layout);
            let is_few = layout.columns <= MOST_LABELLED;
            let has_levels = is_few || column == 0;
            let has_names = layout.has_names && has_levels;
            panel_draw::draw(canvas, &plot, panel, Place { has_names, has_levels });
            if column == 0 {
                self.draw_line_names(canvas, frame, layout, panel);
            }
            left = right + layout.beside + COLUMN_GAP + layout.gutters.1;
        }
    }

    fn draw_line_names(&self, canvas: &mut Canvas, frame: Frame, layout: &Layout, panel: &Panel) {
        let right = frame.left - layout.line_gap;
        let mut y = frame.bottom + TITLE_DROP;
        let heading = shortened(&self.line_heading, TICK, layout.line_name);
        canvas.text((right, y), &heading, TICK, Align::Right);
        for line in &panel.lines {
            y += NUMBER_LINE;
            let name = shortened(&line.name.text, line.name.look, layout.line_name);
            canvas.text((right, y), &name, line.name.look, Align::Right);
        }
    }
}

/// The heading above a panel: on one line with what stands beside it, or on lines below each other.
fn draw_heading(canvas: &mut Canvas, frame: Frame, panel: &Panel, layout: &Layout) {
    let room = layout.plot_width + layout.beside;
    let above = if panel.above.is_empty() { 0.0 } else { ABOVE_LINE };
    let drop = HEAD_DROP + above;
    let mut y = frame.top - drop;
    if is_on_one_line(panel, room) {
        let look = panel.aside.look;
        canvas.text((frame.left + room, y), &panel.aside.text, look, Align::Right);
    } else {
        for line in heading_lines(&panel.aside, room).iter().rev() {
            canvas.text((frame.left, y), line, panel.aside.look, Align::Left);
            y -= HEAD_LINE;
        }
        if !panel.key.is_empty() {
            key::draw(canvas, (frame.left, y), &panel.key);
            y -= HEAD_LINE;
        }
    }
    let lines = heading_lines(&panel.heading, room);
    for line in lines.iter().rev() {
        canvas.text((frame.left, y), line, panel.heading.look, Align::Left);
        y -= HEAD_LINE;
    }
    if is_on_one_line(panel, room) && !panel.key.is_empty() {
        let end = panel.heading.look.width(lines.last().map_or("", String::as_str));
        key::draw(canvas, (frame.left + end + 18.0, frame.top - drop), &panel.key);
    }
}

fn heading_lines(label: &Label, room: f64) -> Vec<String> {
    wrap_to(&label.text, label.look, room, 2)
}

fn is_on_one_line(panel: &Panel, room: f64) -> bool {
    let width = |label: &Label| label.look.width(&label.text);
    let key = key::width(&panel.key);
    let gap = |what: f64| if what > 0.0 { 18.0 } else { 0.0 };
    let aside = width(&panel.aside);
    width(&panel.heading) + gap(aside) + aside + gap(key) + key <= room
}

/// Lines of the heading of a panel.
fn head_lines(panel: &Panel, room: f64) -> usize {
    if is_on_one_line(panel, room) {
        let words = [&panel.heading, &panel.aside];
        return usize::from(words.iter().any(|label| !label.text.is_empty()));
    }
    let own = heading_lines(&panel.heading, room).len() + heading_lines(&panel.aside, room).len();
    own + usize::from(!panel.key.is_empty())
}

impl Layout {
    fn new(grid: &Grid, width: f64) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a sheet holds a few panels side by side"
        )]
        let most = (grid.most_columns as f64 * width / PAGE_WIDTH).round().max(1.0) as usize;
        let longest = grid.rows.iter().map(|row| row.panels.len()).max().unwrap_or(1).max(1);
        let most = most.min(longest);
        let fits = |columns: &usize| {
            *columns == 1 || Self::of(grid, width, *columns).plot_width >= NARROWEST
        };
        let columns = (1..=most).rev().find(fits).unwrap_or(1);
        Self::of(grid, width, columns)
    }

    fn of(grid: &Grid, width: f64, columns: usize) -> Self {
        let widest = |widths: &mut dyn Iterator<Item = f64>| widths.fold(0.0_f64, f64::max);
        let panels = || grid.panels();
        let ticks = widest(&mut panels().flat_map(|p| &p.y.labels).map(|l| TICK.width(l))) + 8.0;
        let lines = || panels().flat_map(|panel| &panel.lines);
        let names = widest(&mut lines().map(|line| line.name.look.width(&line.name.text)));
        let names = names.max(TICK.width(&grid.line_heading));
        let line_name = names.min(WIDEST_LINE_NAME[usize::from(columns > 1)]).min(0.3 * width);
        // The numbers at the first and last place reach beyond the frame.
        let half = |panel: &Panel, at: f64| {
            let label = panel.x.wanted.iter().find(|(x, _)| (x - at).abs() < 1e-9);
            label.map_or(0.0, |(x, label)| half_width(panel, *x, label))
        };
        let line_gap = widest(&mut panels().map(|panel| half(panel, panel.x.from))).max(8.0) + 5.0;
        let last = widest(&mut panels().map(|panel| half(panel, panel.x.to)));
        let beside = panels().flat_map(|panel| &panel.beside);
        let beside = widest(&mut beside.map(|(_, label)| 6.0 + label.look.width(&label.text)));
        let end = (last - MARGIN).max(if beside > 0.0 { 0.0 } else { 6.0 });
        let first = if names > 0.0 { ticks.max(line_name + line_gap) } else { ticks };
        let others = if columns > MOST_LABELLED { 10.0 } else { ticks };
        let n = columns as f64;
        let gaps = (n - 1.0) * (others + COLUMN_GAP);
        let room = width - 2.0 * MARGIN - first - gaps - n * beside - end;
        let plot_width = room / n;
        let curve_names = panels().flat_map(|panel| &panel.names);
        let curve_name = widest(&mut curve_names.map(|n| n.name.look.width(&n.name.text)));
        let has_names = curve_name > 0.0 && curve_name <= WIDEST_NAME * plot_width;
        let key = if has_names { Vec::new() } else { key::lines(&grid.key, width) };
        let head_lines = panels().map(|panel| head_lines(panel, plot_width + beside)).max();
        let above = if panels().any(|panel| !panel.above.is_empty()) { ABOVE_LINE } else { 0.0 };
        let head = head_lines.unwrap_or(0) as f64 * HEAD_LINE + HEAD_DROP + above;
        let lines = panels().map(|panel| panel.lines.len()).max().unwrap_or(0) as f64;
        let gutters = (first, others);
        Self {
            columns,
            plot_width,
            gutters,
            beside,
            line_gap,
            line_name,
            head,
            lines,
            has_names,
            key,
        }
    }

    fn strip_height(&self, grid: &Grid, strip: &Strip<'_>) -> f64 {
        let heading = if strip.heading.is_empty() { 0.0 } else { ROW_HEADING };
        let below = TITLE_DROP + self.lines * NUMBER_LINE + 4.0;
        heading + self.head + grid.plot_height + below
    }
}
