//! The kinds of defects.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What kind of defect a finding is. Programs match on it, so a kind keeps its name.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FindingKind {
    /// An answer has another value.
    Value,
    /// A value is of another type.
    TypeChanged,
    /// An answer lacks a field.
    FieldMissing,
    /// An answer has a field more.
    FieldExtra,
    /// A record is not there.
    RecordMissing,
    /// A record is there that should not be.
    RecordExtra,
    /// A record is there more than once.
    RecordDuplicated,
    /// Records come in another order.
    Order,
    /// One list ends at a cap while the other goes on.
    CappedOneSide,
    /// Both lists end at a cap.
    CappedBothSides,
    /// A point in time moved.
    MomentShifted,
    /// A link leads to another record.
    LinkElsewhere,
    /// An answer has another status.
    StatusDiffers,
    /// An answer is not what its step expects.
    Unexpected,
    /// A write was refused and left something behind.
    RefusedHalfWay,
    /// Both sides answer from one store.
    ComparedWithItself,
    /// A route answers from a cache, so nothing was compared.
    Frozen,
    /// Every record was imported more than once.
    ImportedTwice,
    /// A field has another value.
    FieldChanged,
    /// A field with several values has only one left.
    FieldCollapsed,
    /// A property with values has no place to go.
    PropertyNotReceived,
    /// The text of a page did not arrive.
    BodyLost,
    /// A date fell on another day.
    DayShifted,
    /// The end of a date did not arrive.
    EndDropped,
    /// The zone of a date did not arrive.
    ZoneDropped,
    /// A time of completion is only the last edit.
    CompletionGuessed,
    /// A list of links was cut.
    RelationCut,
    /// A link did not arrive.
    LinkMissing,
    /// A link is there that should not be.
    LinkExtra,
    /// A link leads to nothing.
    Orphan,
    /// A list ends at a cap.
    ListCapped,
    /// A record changed on the old side after the import.
    EditedAfterImport,
    /// A record was written in part.
    HalfWritten,
    /// A record without a title did not arrive.
    EmptyTitleLost,
    /// A database cannot be reached.
    Unreachable,
    /// A database refuses the connection.
    Refused,
    /// What is sent to a database can be read on the way.
    NotEncrypted,
    /// Nobody checks whether the server is the one that it says it is.
    CertificateNotVerified,
    /// No transaction pooler stands before a database, where one should.
    NotAPooler,
    /// A transaction pooler stands before a database, and its URL does not say so.
    PoolerNotDeclared,
    /// A transaction pooler stands before a database, where none should.
    NotDirect,
    /// Two URLs lead to two databases.
    TwoDatabases,
    /// A table is not there.
    TableMissing,
    /// A column is not there.
    ColumnMissing,
    /// A column is of another type.
    ColumnType,
    /// An index is not there.
    IndexMissing,
    /// An index is there and is not used.
    IndexInvalid,
    /// A primary key or a unique constraint is not there.
    ConstraintMissing,
    /// A foreign key is not there.
    ForeignKeyMissing,
    /// Rows that were there before a constraint were never held against it.
    ConstraintNotValidated,
    /// The server's version gets no corrections any more.
    VersionOld,
    /// What is committed may be lost.
    NotDurable,
    /// The server's clock is not ours.
    ClockOff,
    /// Notion does not take the token.
    TokenInvalid,
    /// A database of Notion is not shared with the token's owner.
    NotShared,
    /// A backup is not there.
    BackupMissing,
    /// A backup cannot be read to its end.
    BackupUnreadable,
    /// A backup is older than it may be.
    BackupOld,
    /// A page was edited after it was exported.
    ExportOlderThanEdit,
    /// An export has not every page.
    ExportLacksPages,
    /// A dump cannot be restored.
    DumpDoesNotRestore,
    /// A restored table has another number of rows.
    CountsDiffer,
    /// Nobody says for how long the backups are kept.
    KeepingNotStated,
}

impl FindingKind {
    /// The kind in a few words, as a heading.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Value => "another value",
            Self::TypeChanged => "another type",
            Self::FieldMissing => "a field is missing",
            Self::FieldExtra => "a field more",
            Self::RecordMissing => "a record is missing",
            Self::RecordExtra => "a record too many",
            Self::RecordDuplicated => "a record twice",
            Self::Order => "another order",
            Self::CappedOneSide => "one list is cut",
            Self::CappedBothSides => "both lists are cut",
            Self::MomentShifted => "a moment moved",
            Self::LinkElsewhere => "a link leads elsewhere",
            Self::StatusDiffers => "another status",
            Self::Unexpected => "not the expected answer",
            Self::RefusedHalfWay => "refused half way",
            Self::ComparedWithItself => "compared with itself",
            Self::Frozen => "a frozen answer",
            Self::ImportedTwice => "imported twice",
            Self::FieldChanged => "a field changed",
            Self::FieldCollapsed => "all values became one",
            Self::PropertyNotReceived => "a property was not received",
            Self::BodyLost => "a body is lost",
            Self::DayShifted => "another day",
            Self::EndDropped => "the end of a date is lost",
            Self::ZoneDropped => "the zone of a date is lost",
            Self::CompletionGuessed => "a guessed completion",
            Self::RelationCut => "links are cut",
            Self::LinkMissing => "a link is missing",
            Self::LinkExtra => "a link too many",
            Self::Orphan => "a link to nothing",
            Self::ListCapped => "a list is cut",
            Self::EditedAfterImport => "edited after the import",
            Self::HalfWritten => "half a record",
            Self::EmptyTitleLost => "a record without a title is lost",
            Self::Unreachable => "cannot be reached",
            Self::Refused => "the connection is refused",
            Self::NotEncrypted => "not encrypted",
            Self::CertificateNotVerified => "a certificate that is not verified",
            Self::NotAPooler => "not a pooler",
            Self::PoolerNotDeclared => "a pooler that is not declared",
            Self::NotDirect => "not a direct connection",
            Self::TwoDatabases => "two databases",
            Self::TableMissing => "a table is missing",
            Self::ColumnMissing => "a column is missing",
            Self::ColumnType => "a column of another type",
            Self::IndexMissing => "an index is missing",
            Self::IndexInvalid => "an index that is not used",
            Self::ConstraintMissing => "a constraint is missing",
            Self::ForeignKeyMissing => "a foreign key is missing",
            Self::ConstraintNotValidated => "a constraint that was never validated",
            Self::VersionOld => "an old version",
            Self::NotDurable => "commits may be lost",
            Self::ClockOff => "another clock",
            Self::TokenInvalid => "an invalid token",
            Self::NotShared => "not shared",
            Self::BackupMissing => "a backup is missing",
            Self::BackupUnreadable => "a backup cannot be read",
            Self::BackupOld => "an old backup",
            Self::ExportOlderThanEdit => "an export older than an edit",
            Self::ExportLacksPages => "an export lacks pages",
            Self::DumpDoesNotRestore => "a dump does not restore",
            Self::CountsDiffer => "other counts",
            Self::KeepingNotStated => "nobody says how long it is kept",
        }
    }
}
