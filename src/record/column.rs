//! One fact of many rows. A run repeats itself: nearly every answer has the status 200 and nearly no
//! attempt fails. So a column keeps one usual value and the rows that differ, and turns into a value
//! for each row only where the rows do differ, as times do.
//!
//! ```text
//! in JSON   200                                         every row
//!           {"mostly": 200, "except": [[17, 429]]}      every row but those named, in ascending order
//!           [0.031, 0.029, 0.034]                       one value a row
//! ```

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A value that may stand in a column.
pub(super) trait Cell: Clone + PartialEq + Default {
    /// Whether JSON writes it as a number, a word or `null`, so that it can stand for a whole column
    /// and be taken for nothing else.
    const IS_PLAIN: bool;

    /// The value that JSON wrote so; `None` when it is none of this type.
    fn from_plain(plain: Plain) -> Option<Self>;

    /// Whether both are the same to the last bit: a column must give back what was put in.
    fn is_same(&self, other: &Self) -> bool {
        self == other
    }
}

/// What JSON can write without brackets.
#[derive(Debug, Clone, Copy)]
pub(super) enum Plain {
    Null,
    Bool(bool),
    Whole(u64),
    Number(f64),
}

macro_rules! whole_cells {
    ($($whole:ty),*) => {$(
        impl Cell for $whole {
            const IS_PLAIN: bool = true;

            fn from_plain(plain: Plain) -> Option<Self> {
                match plain {
                    Plain::Whole(whole) => whole.try_into().ok(),
                    _ => None,
                }
            }
        }
    )*};
}

whole_cells!(u16, u32, u64);

impl Cell for f64 {
    const IS_PLAIN: bool = true;

    fn from_plain(plain: Plain) -> Option<Self> {
        match plain {
            Plain::Whole(whole) => Some(whole as Self),
            Plain::Number(number) => Some(number),
            Plain::Null | Plain::Bool(_) => None,
        }
    }

    fn is_same(&self, other: &Self) -> bool {
        self.to_bits() == other.to_bits()
    }
}

impl Cell for bool {
    const IS_PLAIN: bool = true;

    fn from_plain(plain: Plain) -> Option<Self> {
        match plain {
            Plain::Bool(bool) => Some(bool),
            _ => None,
        }
    }
}

/// Nothing but `null` is plain of a value that is not.
impl Cell for Option<super::Failure> {
    const IS_PLAIN: bool = false;

    fn from_plain(plain: Plain) -> Option<Self> {
        matches!(plain, Plain::Null).then_some(None)
    }
}

impl<T: Cell> Cell for Option<T> {
    const IS_PLAIN: bool = T::IS_PLAIN;

    fn from_plain(plain: Plain) -> Option<Self> {
        match plain {
            Plain::Null => Some(None),
            plain => T::from_plain(plain).map(Some),
        }
    }

    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Some(one), Some(other)) => one.is_same(other),
            (None, None) => true,
            _ => false,
        }
    }
}

impl<T: Clone + PartialEq> Cell for Vec<T> {
    const IS_PLAIN: bool = false;

    fn from_plain(_: Plain) -> Option<Self> {
        None
    }
}

/// One fact of every row. How many rows there are is known to whoever has the column.
#[derive(Debug, Clone)]
pub(super) enum Column<T> {
    /// One value, but for some rows.
    Mostly { usual: T, except: Exceptions<T> },
    /// A value for each row.
    Each(Vec<T>),
}

impl<T: Default> Default for Column<T> {
    fn default() -> Self {
        Self::mostly(T::default())
    }
}

impl<T> Column<T> {
    /// A column without rows that expects this value of most.
    pub(super) fn mostly(usual: T) -> Self {
        Self::Mostly {
            usual,
            except: Exceptions {
                rows: Vec::new(),
                marks: Vec::new(),
            },
        }
    }

    /// The value of a row.
    pub(super) fn get(&self, row: usize) -> &T {
        match self {
            Self::Mostly { usual, except } => except.get(row).unwrap_or(usual),
            Self::Each(values) => &values[row],
        }
    }

    /// Every value that may stand in a row, some of them more than once.
    pub(super) fn values(&self) -> impl Iterator<Item = &T> {
        let (usual, rows, each): (_, &[(usize, T)], &[T]) = match self {
            Self::Mostly { usual, except } => (Some(usual), &except.rows, &[]),
            Self::Each(values) => (None, &[], values),
        };
        let except = rows.iter().map(|(_, value)| value);
        usual.into_iter().chain(except).chain(each)
    }
}

impl<T: Cell> Column<T> {
    /// Adds a row; `row` is the number of rows so far.
    pub(super) fn push(&mut self, row: usize, value: T) {
        /// So many exceptions are worth it, and an eighth of the rows.
        const FEW: usize = 16;
        match self {
            Self::Each(values) => values.push(value),
            Self::Mostly { usual, .. } if usual.is_same(&value) => {}
            Self::Mostly { except, .. } => {
                except.push(row, value);
                if except.rows.len() > FEW + row / 8 {
                    *self = self.rearranged(row + 1);
                }
            }
        }
    }

    /// The same column around the value that turned out to be the usual one, if there is one.
    fn rearranged(&self, rows: usize) -> Self {
        let Some((usual, differing)) = self.usual(rows, rows / 8) else {
            return Self::Each((0..rows).map(|row| self.get(row).clone()).collect());
        };
        let mut column = Self::mostly(usual.clone());
        if let Self::Mostly { except, .. } = &mut column {
            for (row, value) in differing {
                except.push(row, value.clone());
            }
        }
        column
    }

    /// Takes what was read for a column of so many rows, or says what no run can have written.
    pub(super) fn seal(&mut self, name: &str, rows: usize) -> Result<(), String> {
        match self {
            Self::Each(values) if values.len() != rows => Err(format!(
                "the column `{name}` has {} values for {rows} rows",
                values.len()
            )),
            Self::Each(_) => Ok(()),
            Self::Mostly { except, .. } => except.seal(name, rows),
        }
    }

    /// How the column is written down, whatever form it has in memory.
    pub(super) fn written(&self, rows: usize) -> Written<'_, T> {
        // An exception takes about four times the room of a value.
        match self.usual(rows, rows / 4) {
            Some((usual, except)) => Written::Mostly { usual, except },
            None => Written::Each { column: self, rows },
        }
    }

    /// The value of all rows but these, if they are no more than `most`.
    fn usual(&self, rows: usize, most: usize) -> Option<(&T, Vec<(usize, &T)>)> {
        let usual = self.majority(rows)?;
        let all = (0..rows).map(|row| (row, self.get(row)));
        let differing = all.filter(|(_, value)| !value.is_same(usual));
        let found: Vec<_> = differing.take(most + 1).collect();
        (found.len() <= most).then_some((usual, found))
    }

    /// The value of more than half of the rows, if there is one: the vote of Boyer and Moore. `None`
    /// without rows.
    fn majority(&self, rows: usize) -> Option<&T> {
        let mut found = None;
        let mut lead = 0_usize;
        for row in 0..rows {
            let value = self.get(row);
            if lead == 0 {
                found = Some(value);
            }
            if found.is_some_and(|found| value.is_same(found)) {
                lead += 1;
            } else {
                lead -= 1;
            }
        }
        found
    }
}

/// The rows that differ from the usual value.
#[derive(Debug, Clone)]
pub(super) struct Exceptions<T> {
    /// In ascending order.
    rows: Vec<(usize, T)>,
    /// One bit a row, as far as the last exception: most rows are found to be none without a search.
    marks: Vec<u64>,
}

impl<T> Exceptions<T> {
    fn get(&self, row: usize) -> Option<&T> {
        let marks = self.marks.get(row / 64)?;
        if marks >> (row % 64) & 1 == 0 {
            return None;
        }
        let place = self.rows.binary_search_by_key(&row, |(row, _)| *row).ok()?;
        Some(&self.rows[place].1)
    }

    fn push(&mut self, row: usize, value: T) {
        self.rows.push((row, value));
        self.mark(row);
    }

    fn mark(&mut self, row: usize) {
        if self.marks.len() <= row / 64 {
            self.marks.resize(row / 64 + 1, 0);
        }
        self.marks[row / 64] |= 1 << (row % 64);
    }

    fn seal(&mut self, name: &str, rows: usize) -> Result<(), String> {
        if let Some((last, _)) = self.rows.iter().find(|(row, _)| *row >= rows) {
            return Err(format!(
                "the column `{name}` names row {last} of {rows}; rows count from 0"
            ));
        }
        if !self.rows.is_sorted_by(|(one, _), (next, _)| one < next) {
            return Err(format!("the rows of the column `{name}` do not ascend"));
        }
        for at in 0..self.rows.len() {
            self.mark(self.rows[at].0);
        }
        Ok(())
    }
}

/// A column as it is written down.
pub(super) enum Written<'c, T> {
    Mostly {
        usual: &'c T,
        except: Vec<(usize, &'c T)>,
    },
    Each {
        column: &'c Column<T>,
        rows: usize,
    },
}

impl<T: Cell> Written<'_, T> {
    /// Whether every row has the value that a missing column stands for: 0, false, null, none.
    pub(super) fn is_nothing(&self) -> bool {
        match self {
            Self::Mostly { usual, except } => except.is_empty() && usual.is_same(&T::default()),
            Self::Each { .. } => false,
        }
    }
}

impl<T: Cell + Serialize> Serialize for Written<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Mostly { usual, except } if T::IS_PLAIN && except.is_empty() => {
                usual.serialize(serializer)
            }
            Self::Mostly { usual, except } => {
                let mut map = serializer.serialize_map(Some(2))?;
                map.serialize_entry("mostly", usual)?;
                map.serialize_entry("except", except)?;
                map.end()
            }
            Self::Each { column, rows } => {
                serializer.collect_seq((0..*rows).map(|row| column.get(row)))
            }
        }
    }
}

impl<'de, T: Cell + Deserialize<'de>> Deserialize<'de> for Column<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ColumnVisitor(PhantomData))
    }
}

struct ColumnVisitor<T>(PhantomData<T>);

impl<T: Cell> ColumnVisitor<T> {
    fn plain<E: de::Error>(self, plain: Plain) -> Result<Column<T>, E> {
        T::from_plain(plain)
            .map(Column::mostly)
            .ok_or_else(|| E::custom(format!("{plain:?} is not a value of this column")))
    }
}

impl<'de, T: Cell + Deserialize<'de>> Visitor<'de> for ColumnVisitor<T> {
    type Value = Column<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("one value, a value for each row, or `mostly` a value with its exceptions")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        self.plain(Plain::Null)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Self::Value, E> {
        self.plain(Plain::Bool(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Self::Value, E> {
        self.plain(Plain::Whole(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Self::Value, E> {
        self.plain(Plain::Number(value as f64))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Self::Value, E> {
        self.plain(Plain::Number(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = seq.next_element()? {
            values.push(value);
        }
        values.shrink_to_fit();
        Ok(Column::Each(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Mostly<T> {
            mostly: T,
            except: Vec<(usize, T)>,
        }
        let Mostly { mostly, except } =
            Mostly::deserialize(de::value::MapAccessDeserializer::new(map))?;
        Ok(Column::Mostly {
            usual: mostly,
            except: Exceptions {
                rows: except,
                marks: Vec::new(),
            },
        })
    }
}

impl<T: Cell + JsonSchema> JsonSchema for Column<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("ColumnOf_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let value = generator.subschema_for::<T>();
        let mut forms = vec![
            json_schema!({
                "type": "object",
                "description": "`mostly` is the value of every row that `except` does not name; \
                                `except` holds pairs of a row, from 0 and ascending, and its value.",
                "properties": {
                    "mostly": value,
                    "except": {
                        "type": "array",
                        "items": {
                            "type": "array",
                            "prefixItems": [{"type": "integer", "minimum": 0}, value],
                            "minItems": 2,
                            "maxItems": 2,
                        },
                    },
                },
                "required": ["mostly", "except"],
                "additionalProperties": false,
            }),
            json_schema!({
                "type": "array",
                "description": "One value a row.",
                "items": value,
            }),
        ];
        if T::IS_PLAIN {
            forms.push(value);
        }
        json_schema!({
            "description": "One fact of every row: the value of all rows, a value for each row, or \
                            the value of most rows with the rows that differ.",
            "anyOf": forms,
        })
    }
}
