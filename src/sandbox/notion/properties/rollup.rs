//! Rollups: what the related pages of a page hold, told as one figure, a date, or a list.
//!
//! Notion documents the functions' names and little else. These are guesses: percentages are
//! fractions of 1, and 0 of no pages; a sum of nothing is 0 and every other figure of nothing is
//! empty; a date range is from the earliest to the latest date; an unchecked box is a value;
//! values are unique as whole values; figures per group are what Notion calls unsupported; and so
//! is a rollup of a rollup, or of a property that is gone.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::super::store::{Page, Workspace};
use super::super::version::Version;
use super::kind::Rollup;
use super::moment::DateRange;
use super::schema::Schema;
use super::shown;
use super::source::Source;
use super::value::Stored;

/// What a rollup shows of the related pages; those in the trash do not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RollupFunction {
    /// How many there are.
    Count,
    /// How many values they hold: several for a multi-select.
    CountValues,
    /// How many hold nothing.
    Empty,
    /// How many hold something.
    NotEmpty,
    /// How many values there are, equal ones counted once.
    Unique,
    /// Each value once.
    ShowUnique,
    /// The part that holds nothing.
    PercentEmpty,
    /// The part that holds something.
    PercentNotEmpty,
    /// The sum of the numbers.
    Sum,
    /// Their mean.
    Average,
    /// Their median.
    Median,
    /// The least.
    Min,
    /// The greatest.
    Max,
    /// The difference of the two.
    Range,
    /// The earliest date.
    EarliestDate,
    /// The latest date.
    LatestDate,
    /// From the earliest to the latest date.
    DateRange,
    /// How many boxes are checked.
    Checked,
    /// How many are not.
    Unchecked,
    /// The part that is checked.
    PercentChecked,
    /// The part that is not.
    PercentUnchecked,
    /// How many there are in each group.
    CountPerGroup,
    /// The part of each group.
    PercentPerGroup,
    /// Every value.
    ShowOriginal,
}

impl RollupFunction {
    /// Notion's words for the functions.
    pub(crate) const ALL: [(Self, &str); 24] = [
        (Self::Count, "count"),
        (Self::CountValues, "count_values"),
        (Self::Empty, "empty"),
        (Self::NotEmpty, "not_empty"),
        (Self::Unique, "unique"),
        (Self::ShowUnique, "show_unique"),
        (Self::PercentEmpty, "percent_empty"),
        (Self::PercentNotEmpty, "percent_not_empty"),
        (Self::Sum, "sum"),
        (Self::Average, "average"),
        (Self::Median, "median"),
        (Self::Min, "min"),
        (Self::Max, "max"),
        (Self::Range, "range"),
        (Self::EarliestDate, "earliest_date"),
        (Self::LatestDate, "latest_date"),
        (Self::DateRange, "date_range"),
        (Self::Checked, "checked"),
        (Self::Unchecked, "unchecked"),
        (Self::PercentChecked, "percent_checked"),
        (Self::PercentUnchecked, "percent_unchecked"),
        (Self::CountPerGroup, "count_per_group"),
        (Self::PercentPerGroup, "percent_per_group"),
        (Self::ShowOriginal, "show_original"),
    ];

    /// Notion's word for it.
    pub(crate) fn name(self) -> &'static str {
        let named = Self::ALL.iter().find(|(function, _)| *function == self);
        named.map_or("", |(_, name)| name)
    }

    /// Notion's word for the type of the result.
    pub(crate) fn result(self) -> &'static str {
        match self {
            Self::ShowOriginal | Self::ShowUnique => "array",
            Self::EarliestDate | Self::LatestDate | Self::DateRange => "date",
            Self::CountPerGroup | Self::PercentPerGroup => "unsupported",
            _ => "number",
        }
    }
}

/// What a rollup came to.
#[derive(Debug)]
pub(crate) enum Figure<'w> {
    Number(Option<f64>),
    Date(Option<DateRange>),
    /// The pages whose values are shown.
    Pages(Vec<&'w Page>),
    Unsupported,
}

/// A rollup with all that it names found, so that pages are read without names.
#[derive(Debug)]
pub(crate) struct Plan {
    relation: usize,
    data_source: Uuid,
    /// The property's place in the related schema.
    pub(crate) property: usize,
    target: Source,
    pub(crate) function: RollupFunction,
}

impl Plan {
    /// Nothing when what the rollup names is gone or is a rollup.
    pub(crate) fn of(rollup: &Rollup, schema: &Schema, workspace: &Workspace) -> Option<Self> {
        let relation = schema.find_key(&rollup.relation)?;
        let link = schema.property(relation).kind.relation()?;
        let related = workspace.schema(link.data_source)?;
        let property = related.find_key(&rollup.property)?;
        let target = Source::simple(property, related)?;
        Some(Self {
            relation,
            data_source: link.data_source,
            property,
            target,
            function: rollup.function,
        })
    }

    /// The schema of the related pages.
    pub(crate) fn related<'w>(&self, workspace: &'w Workspace) -> Option<&'w Schema> {
        workspace.schema(self.data_source)
    }

    /// The pages that it looks at.
    pub(crate) fn pages<'w>(
        &self,
        page: &'w Page,
        workspace: &'w Workspace,
    ) -> impl Iterator<Item = &'w Page> + use<'w> {
        workspace.linked(page.value(self.relation))
    }

    /// What it comes to.
    pub(crate) fn figure<'w>(&self, page: &'w Page, workspace: &'w Workspace) -> Figure<'w> {
        use RollupFunction as F;
        match self.function {
            F::ShowOriginal => Figure::Pages(self.pages(page, workspace).collect()),
            F::ShowUnique => Figure::Pages(self.unique(page, workspace)),
            F::CountPerGroup | F::PercentPerGroup => Figure::Unsupported,
            F::EarliestDate | F::LatestDate | F::DateRange => {
                Figure::Date(self.date(page, workspace))
            }
            _ => Figure::Number(self.number(page, workspace)),
        }
    }

    /// The first page of each value.
    fn unique<'w>(&self, page: &'w Page, workspace: &'w Workspace) -> Vec<&'w Page> {
        let mut seen = HashSet::new();
        let mut first = Vec::new();
        let Some(related) = self.related(workspace) else {
            return first;
        };
        for page in self.pages(page, workspace) {
            // Any version will do, to tell values apart.
            let version = Version::V2022_06_28;
            let value = shown::bare(self.property, page, related, workspace, version)
                .value
                .value;
            if seen.insert(serde_json::json!(value).to_string()) {
                first.push(page);
            }
        }
        first
    }

    /// A figure that is a number.
    pub(crate) fn number(&self, page: &Page, workspace: &Workspace) -> Option<f64> {
        use RollupFunction as F;
        let all = || self.pages(page, workspace).count();
        let sizes = || {
            let pages = self.pages(page, workspace);
            pages.map(|page| self.target.size(page, workspace))
        };
        let count = |wanted: fn(usize) -> bool| sizes().filter(|size| wanted(*size)).count();
        let checked = |wanted: bool| {
            let pages = self.pages(page, workspace);
            let is_box = |page: &&Page| self.target.checkbox(page) == Some(wanted);
            pages.filter(is_box).count()
        };
        match self.function {
            F::Count => real(all()),
            F::Unique => {
                let unique = self.unique(page, workspace).into_iter();
                real(
                    unique
                        .filter(|page| self.target.size(page, workspace) > 0)
                        .count(),
                )
            }
            F::CountValues => real(sizes().sum()),
            F::Empty => real(count(|size| size == 0)),
            F::NotEmpty => real(count(|size| size > 0)),
            F::PercentEmpty => part(count(|size| size == 0), all()),
            F::PercentNotEmpty => part(count(|size| size > 0), all()),
            F::Checked => real(checked(true)),
            F::Unchecked => real(checked(false)),
            F::PercentChecked => part(checked(true), all()),
            F::PercentUnchecked => part(checked(false), all()),
            function => {
                let pages = self.pages(page, workspace);
                let mut numbers: Vec<f64> = pages
                    .filter_map(|page| self.target.number(page, workspace))
                    .collect();
                numbers.sort_unstable_by(f64::total_cmp);
                of_numbers(function, &numbers)
            }
        }
    }

    /// A figure that is a date.
    pub(crate) fn date(&self, page: &Page, workspace: &Workspace) -> Option<DateRange> {
        let pages = || self.pages(page, workspace);
        let dates = || pages().filter_map(|page| self.target.date(page));
        let earliest = dates().map(|date| date.start);
        let earliest = earliest.min_by_key(|moment| moment.instant_ns())?;
        let latest = dates().map(|date| date.end.unwrap_or(date.start));
        let latest = latest.max_by_key(|moment| moment.instant_ns())?;
        let (start, end) = match self.function {
            RollupFunction::EarliestDate => (earliest, None),
            RollupFunction::LatestDate => (latest, None),
            _ => (earliest, Some(latest)),
        };
        Some(DateRange { start, end })
    }
}

/// A figure of numbers in ascending order.
fn of_numbers(function: RollupFunction, numbers: &[f64]) -> Option<f64> {
    use RollupFunction as F;
    let sum: f64 = numbers.iter().sum();
    let (least, greatest) = (numbers.first(), numbers.last());
    match function {
        F::Sum => Some(sum),
        F::Average => Some(sum / real(numbers.len())?).filter(|mean| mean.is_finite()),
        F::Median => {
            let half = numbers.len() / 2;
            let upper = *numbers.get(half)?;
            if numbers.len() % 2 == 1 {
                return Some(upper);
            }
            Some(f64::midpoint(*numbers.get(half.checked_sub(1)?)?, upper))
        }
        F::Min => least.copied(),
        F::Max => greatest.copied(),
        F::Range => Some(greatest? - least?),
        _ => None,
    }
}

fn real(count: usize) -> Option<f64> {
    u32::try_from(count).ok().map(f64::from)
}

fn part(count: usize, of: usize) -> Option<f64> {
    Some(real(count)? / real(of.max(1))?)
}

/// How many values a stored value is.
pub(super) fn size(value: &Stored, workspace: &Workspace) -> usize {
    match value {
        Stored::Text(_) | Stored::Line(_) => usize::from(!value.text().is_empty()),
        Stored::Number(number) => usize::from(number.is_some()),
        Stored::Choices(chosen) => chosen.len(),
        Stored::Date(date) => usize::from(date.is_some()),
        Stored::Relation(_) => workspace.linked(value).count(),
        Stored::People(users) => users.len(),
        Stored::Files(files) => files.len(),
        Stored::Place(place) => usize::from(place.is_some()),
        Stored::Checkbox(_) | Stored::Unique(_) => 1,
        Stored::Computed => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_figures_of_numbers_lie_in_their_order(mut numbers in prop::collection::vec(-1e6..1e6f64, 1..20)) {
            numbers.sort_unstable_by(f64::total_cmp);
            let of = |function| of_numbers(function, &numbers).unwrap();
            use RollupFunction as F;
            let (least, greatest) = (of(F::Min), of(F::Max));
            prop_assert!((least..=greatest).contains(&of(F::Median)));
            prop_assert!(least - 1e-6 <= of(F::Average) && of(F::Average) <= greatest + 1e-6);
            prop_assert!((of(F::Range) - (greatest - least)).abs() < 1e-9);
        }
    }

    #[test]
    fn every_function_has_a_word_of_its_own() {
        for (function, name) in RollupFunction::ALL {
            assert_eq!(function.name(), name);
            let same = RollupFunction::ALL
                .iter()
                .filter(|(_, other)| *other == name);
            assert_eq!(same.count(), 1, "{name}");
        }
    }

    #[test]
    fn nothing_sums_up_to_0_and_has_no_other_figure() {
        use RollupFunction as F;
        assert_eq!(of_numbers(F::Sum, &[]), Some(0.0));
        for function in [F::Average, F::Median, F::Min, F::Max, F::Range] {
            assert_eq!(of_numbers(function, &[]), None, "{function:?}");
        }
        assert_eq!(of_numbers(F::Median, &[1.0, 2.0, 3.0, 10.0]), Some(2.5));
    }
}
