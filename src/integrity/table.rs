//! Rows in columns: one text with all cells behind each other, so that 100,000 rows cost the letters
//! that they have, and not a million small pieces of memory.

/// A table as it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows {
    columns: Vec<String>,
    text: String,
    /// Where each cell ends in the text, row by row.
    ends: Vec<usize>,
    nulls: Vec<bool>,
}

impl Rows {
    /// No rows yet, of these columns.
    #[must_use]
    pub fn new(columns: Vec<String>) -> Self {
        Self {
            columns,
            ..Self::default()
        }
    }

    /// Adds a row: a cell for each column, as PostgreSQL writes it with the time zone UTC. Missing cells
    /// are null, and those that are too many are left out.
    pub fn push(&mut self, cells: &[Option<&str>]) {
        for number in 0..self.columns.len() {
            let cell = cells.get(number).copied().flatten();
            self.text.push_str(cell.unwrap_or_default());
            self.ends.push(self.text.len());
            self.nulls.push(cell.is_none());
        }
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len().checked_div(self.columns.len()).unwrap_or(0)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The place of a column.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column == name)
    }

    /// A cell; `None` is null, and what is not there.
    #[must_use]
    pub fn cell(&self, row: usize, column: usize) -> Option<&str> {
        if column >= self.columns.len() {
            return None;
        }
        let place = row * self.columns.len() + column;
        if *self.nulls.get(place)? {
            return None;
        }
        let begin = place
            .checked_sub(1)
            .map_or(Some(0), |before| self.ends.get(before).copied())?;
        self.text.get(begin..*self.ends.get(place)?)
    }

    /// Every cell of a column, from the first row on.
    pub fn cells(&self, column: usize) -> impl Iterator<Item = Option<&str>> {
        (0..self.len()).map(move |row| self.cell(row, column))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_cell_comes_back(rows in proptest::collection::vec(proptest::collection::vec(proptest::option::of("\\PC{0,6}"), 3), 0..9)) {
            let mut table = Rows::new(["a", "b", "c"].map(str::to_owned).to_vec());
            for row in &rows {
                let cells: Vec<Option<&str>> = row.iter().map(Option::as_deref).collect();
                table.push(&cells);
            }
            prop_assert_eq!(table.len(), rows.len());
            for (number, row) in rows.iter().enumerate() {
                for (column, cell) in row.iter().enumerate() {
                    prop_assert_eq!(table.cell(number, column), cell.as_deref());
                }
            }
            prop_assert_eq!(table.cell(0, 3), None);
            prop_assert_eq!(table.cell(rows.len(), 0), None);
        }
    }
}
