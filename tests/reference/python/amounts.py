"""What tests/fixtures/benefits should give: rates, means, characteristics, by plain loops over days.

    python3 tests/reference/python/amounts.py      # standard library only

Written from the meanings in data-schema/README.md, apart from the program. Writes amounts.json:
for both readings of a month without a row, {key: value} with key
analysis|outcome|region|subgroup|arm|month|level|method|statistic.
"""

import csv
import datetime
import decimal
import json
import math
import pathlib
import platform

ROOT = pathlib.Path(__file__).parents[2]
DATA = ROOT / "fixtures" / "benefits"
CUTOFF = datetime.date(2020, 10, 17)
HORIZON, MONTHS, BEFORE = 12, [6, 12], 3
COMPETITIVE = {"employment_contract", "temporary_agency"}
DAY = datetime.timedelta(1)
REGIONS = ["north", "south"]


def table(name):
    with open(DATA / f"{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def date(text):
    return datetime.date.fromisoformat(text) if text else None


def last_of_month(year, month):
    following = datetime.date(year + month // 12, month % 12 + 1, 1)
    return following - DAY


def end_day(months):
    return math.floor(30.4375 * months)


def source_hours(spells, counts):
    """Hours a week of the source that reports the most, of spells that count."""
    by = {}
    for spell in spells:
        if counts(spell):
            by.setdefault(spell["source"], []).append(spell)
    return max((sum(s["hours"] for s in own) for own in by.values()), default=0.0)


class Person:
    def __init__(self, row, spells, benefits):
        self.row, self.arm, self.region = row, row["arm"], row["region"]
        self.day_0 = date(row["randomisation_date"])
        left = date(row["exit_date"])
        left = left if left and left <= CUTOFF else None
        self.last = left or CUTOFF
        self.competing = left is not None and row["exit_reason"] == "death"
        self.benefits = {b["month"]: b for b in benefits}
        self.spells = []
        for spell in spells:
            start, end = date(spell["start_date"]), date(spell["end_date"])
            self.spells.append(
                {
                    "start": start,
                    "end": end,
                    "cut": min(end or self.last, self.last),
                    "hours": float(spell["hours_per_week"]),
                    "wage": float(spell["monthly_wage_eur"]) if spell["monthly_wage_eur"] else None,
                    "source": spell["source"],
                    "authorised": spell["authorised_art100"],
                    "contract": spell["contract"],
                    "competitive": spell["contract"] in COMPETITIVE
                    and float(spell["hours_per_week"]) >= 1
                    and start <= self.last,
                }
            )
        self.work = set()
        for spell in self.spells:
            if spell["competitive"]:
                day = spell["start"]
                while day <= spell["cut"]:
                    self.work.add((day - self.day_0).days)
                    day += DAY

    def observed(self, month):
        day = end_day(month)
        due = (CUTOFF - self.day_0).days >= day
        return due and ((self.last - self.day_0).days >= day or self.competing)

    def employed(self, month):
        return end_day(month) in self.work if self.observed(month) else None

    def first_job(self):
        """The first day of work from day 0 on with no work the day before."""
        starts = [day for day in self.work if day >= 0 and day - 1 not in self.work]
        return min(starts) if starts else None

    def ever(self):
        if not self.observed(HORIZON):
            return None
        first = self.first_job()
        return first is not None and first <= end_day(HORIZON)

    def amounts(self):
        if not self.observed(HORIZON):
            return {}
        last = end_day(HORIZON)
        days = sorted(day for day in self.work if 0 <= day <= last)
        longest = run = 0
        for at, day in enumerate(days):
            run = run + 1 if at and days[at - 1] == day - 1 else 1
            longest = max(longest, run)
        hours, wages = 0.0, 0.0
        for day in days:
            on = self.day_0 + day * DAY
            here = [s for s in self.spells if s["competitive"] and s["start"] <= on <= s["cut"]]
            hours += source_hours(here, lambda s: True) / 7
            sums = []
            for source in {s["source"] for s in here}:
                own = [s["wage"] for s in here if s["source"] == source]
                if None not in own:
                    sums.append(sum(own))
            wages = None if wages is None or not sums else wages + max(sums) / 30.4375
        return {
            "days_employed": len(days),
            "longest_spell_days": longest,
            "hours_worked": hours,
            "wages_eur": wages,
        }

    def calendar(self, month):
        at = self.day_0.year * 12 + self.day_0.month - 1 + month
        return at // 12, at % 12 + 1

    def benefit(self, month, missing):
        """(paid, by the rule), or none where the month is not observed."""
        year, number = self.calendar(month)
        first, last = datetime.date(year, number, 1), last_of_month(year, number)
        if last > CUTOFF or (last > self.last and not self.competing):
            return None
        if first > self.last:
            return 0.0, 0.0
        name = f"{year}-{number:02}"
        row = self.benefits.get(name)
        paid = float(row["benefit_eur"]) if row else (0.0 if missing == "zero" else None)
        full, reference = self.known("full_benefit_eur", name), self.known("reference_hours", name)
        if first < datetime.date(2018, 4, 1) or full is None or reference is None:
            return paid, None
        kept, days, day = 0, 0, first
        while day <= last:
            here = [s for s in self.spells if s["start"] <= day and (s["end"] is None or day <= s["end"])]
            counts = lambda s: s["contract"] not in ("training", "volunteering") and s["authorised"] != "no"
            hours = source_hours(here, counts) if day <= self.last else 0.0
            # The decree in decimals: two digits of a percent, then the whole percent, half up.
            share = decimal.Decimal(hours) / decimal.Decimal(float(reference)) * 100 - 20
            share = max(share, decimal.Decimal(0))
            share = share.quantize(decimal.Decimal("0.01"), decimal.ROUND_HALF_UP)
            share = share.quantize(decimal.Decimal("1"), decimal.ROUND_HALF_UP)
            kept += 100 - min(int(share), 100)
            days += 1
            day += DAY
        return paid, float(full) * kept / (100 * days)

    def known(self, column, name):
        months = sorted(month for month, row in self.benefits.items() if row[column])
        before = [month for month in months if month <= name]
        chosen = before[-1:] or months[:1]
        return self.benefits[chosen[0]][column] if chosen else None


def mean_of(values):
    return math.fsum(values) / len(values)


def sd_of(values):
    centre = mean_of(values)
    return math.sqrt(math.fsum((v - centre) ** 2 for v in values) / (len(values) - 1))


def quantile(values, p):
    """Type 2: the mean of the two order statistics where n p is whole."""
    order, at = sorted(values), len(values) * p
    if at == int(at):
        return (order[int(at) - 1] + order[int(at)]) / 2
    return order[math.ceil(at) - 1]


def quarter(day):
    return f"{day.year}-Q{1 + (day.month - 1) // 3}"


def covid_period(day):
    """Of the days from randomisation to the horizon, how many lie in the plan's period."""
    first, last = datetime.date(2019, 3, 1), datetime.date(2020, 5, 1)
    days = [day + n * DAY for n in range(end_day(HORIZON) + 1)]
    inside = sum(first <= d <= last for d in days)
    if inside == 0:
        return "before" if days[-1] < first else "after"
    return "during" if inside == len(days) else "partly"


ARMS = {"IPS": "ips", "TAU": "control"}


def expected(everyone, missing):
    out = {}

    def put(analysis, outcome, arm, month, method, level="", region="all", subgroup="", **statistics):
        for name, value in statistics.items():
            month = "" if month is None else month
            key = [analysis, outcome, region, subgroup, arm, month, level, method, name]
            out["|".join(map(str, key))] = value

    def rate(outcome, arm, month, values, **more):
        put("arm_rate", outcome, arm, month, "wilson", n=len(values), events=sum(values), estimate=mean_of(values), **more)

    def mean(outcome, arm, month, values):
        put("arm_mean", outcome, arm, month, "mean", n=len(values), estimate=mean_of(values), std_dev=sd_of(values))

    for label, arm in ARMS.items():
        people = [p for p in everyone if p.arm == label]
        for month in range(-BEFORE, HORIZON + 1):
            worked = [p.employed(month) for p in people]
            rate("employed", arm, month, [w for w in worked if w is not None])
            got = [(p, p.benefit(month, missing)) for p in people]
            both = [
                p.employed(month) and b[0] > 0
                for p, b in got
                if p.employed(month) is not None and b is not None and b[0] is not None
            ]
            rate("employed_on_benefit", arm, month, both)
            paid = [b[0] for _, b in got if b is not None and b[0] is not None]
            mean("benefit_eur", arm, month, paid)
            formula = [b[1] for _, b in got if b is not None and b[1] is not None]
            mean("benefit_formula_eur", arm, month, formula)
            above = [b[0] - b[1] for _, b in got if b is not None and None not in b]
            mean("benefit_above_formula_eur", arm, month, above)
        totals = []
        for p in people:
            months = [p.benefit(month, missing) for month in range(1, HORIZON + 1)]
            if all(b is not None and b[0] is not None for b in months):
                totals.append(math.fsum(b[0] for b in months))
        mean("benefit_total_eur", arm, HORIZON, totals)
        amounts = [p.amounts() for p in people]
        for outcome in ["days_employed", "longest_spell_days", "hours_worked", "wages_eur"]:
            values = [a[outcome] for a in amounts if a.get(outcome) is not None]
            mean(outcome, arm, HORIZON, values)
            for p in (0.25, 0.5, 0.75):
                put("arm_quantile", outcome, arm, HORIZON, "quantile", level=p, estimate=quantile(values, p))
        followed = [p for p in people if p.observed(HORIZON)]
        taken = [
            bool(start) and start <= p.last and (start - p.day_0).days <= end_day(HORIZON)
            for p in followed
            for start in [date(p.row["programme_start_date"])]
        ]
        rate("take_up", arm, HORIZON, taken)
        for name, inside in [
            ("age=<30", lambda p: p.row["age"] and int(p.row["age"]) < 30),
            ("age=30 to <45", lambda p: p.row["age"] and 30 <= int(p.row["age"]) < 45),
            ("age=45+", lambda p: p.row["age"] and int(p.row["age"]) >= 45),
            ("diagnosis=mood", lambda p: p.row["diagnosis"] == "mood"),
            ("diagnosis=anxiety", lambda p: p.row["diagnosis"] == "anxiety"),
            ("diagnosis=psychosis", lambda p: p.row["diagnosis"] == "psychosis"),
        ]:
            rate("ever_employed", arm, HORIZON, [p.ever() for p in followed if inside(p)], subgroup=name)
    for region in ["all"] + REGIONS:
        inside = [p for p in everyone if region in ("all", p.region)]
        for label, arm in list(ARMS.items()) + [(None, "all")]:
            people = [p for p in inside if label in (None, p.arm)]
            ages = [float(p.row["age"]) for p in people if p.row["age"]]
            put(
                "baseline", "covariate", arm, None, "mean", "age", region,
                n=len(ages), missing=len(people) - len(ages), estimate=mean_of(ages), std_dev=sd_of(ages),
                quartile_1=quantile(ages, 0.25), median=quantile(ages, 0.5), quartile_3=quantile(ages, 0.75),
            )
            known = [p.row["diagnosis"] for p in people if p.row["diagnosis"]]
            put("baseline", "covariate", arm, None, "count", "diagnosis", region, n=len(known), missing=len(people) - len(known))
            for level in ["mood", "anxiety", "psychosis"]:
                events = known.count(level)
                put(
                    "baseline", "covariate", arm, None, "count", f"diagnosis={level}", region,
                    n=len(known), events=events, estimate=events / len(known),
                )
            for variable, of in [("quarter_of_randomisation", quarter), ("covid_period", covid_period)]:
                words = [of(p.day_0) for p in people]
                levels = {of(p.day_0) for p in everyone}
                for level in levels:
                    put(
                        "baseline", "covariate", arm, None, "count", f"{variable}={level}", region,
                        n=len(words), events=words.count(level), estimate=words.count(level) / len(words),
                    )
        ages = {label: [float(p.row["age"]) for p in inside if p.arm == label and p.row["age"]] for label in ARMS}
        pooled = math.sqrt((sd_of(ages["IPS"]) ** 2 + sd_of(ages["TAU"]) ** 2) / 2)
        apart = (mean_of(ages["IPS"]) - mean_of(ages["TAU"])) / pooled
        put("balance", "covariate", "ips-control", None, "standardised_mean_difference", "age", region, estimate=apart)
    return out


if __name__ == "__main__":
    spells, benefits = table("employment"), table("benefits")
    everyone = [
        Person(
            row,
            [s for s in spells if s["participant_id"] == row["participant_id"]],
            [b for b in benefits if b["participant_id"] == row["participant_id"]],
        )
        for row in table("participants")
    ]
    result = {
        "generator": {
            "script": "tests/reference/python/amounts.py",
            "python": platform.python_version(),
        },
        "tolerance": {
            "relative": 1e-11,
            "absolute": 1e-9,
            "why": "sums of some thousand amounts in another order; euro amounts cancel in differences",
        },
        "cases": [
            {"missing_month": reading, "values": expected(everyone, reading)}
            for reading in ("zero", "unknown")
        ],
    }
    path = ROOT / "reference" / "amounts.json"
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8", newline="")
