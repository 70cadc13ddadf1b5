//! The texts of the world: what a person would write, and what breaks software that was not careful.

use super::beside::BodyBlock;

/// First words of ordinary titles.
pub(super) const VERBS: &[&str] = &[
    "Review", "Draft", "Update", "Plan", "Email", "Call", "Fix", "Research", "Book", "Prepare",
];

/// What ordinary titles are about.
pub(super) const OBJECTS: &[&str] = &[
    "the quarterly budget",
    "release notes",
    "the onboarding guide",
    "flights for the offsite",
    "the login page",
    "the dentist",
    "the backup policy",
    "interview questions",
    "the garden fence",
    "the tax return",
    "slides for Monday",
    "the database migration",
    "customer feedback",
    "the reading list",
    "the landlord",
    "the mobile layout",
    "competitor pricing",
    "the birthday dinner",
    "the incident report",
    "the travel insurance",
];

/// Ends of ordinary titles.
pub(super) const ENDINGS: &[&str] = &[
    "",
    "",
    "",
    " with Sam",
    " before Friday",
    " (second round)",
    " for the team",
    " again",
];

/// Titles that must come through unchanged; each stands once in the world.
pub(super) const HOSTILE_TITLES: &[&str] = &[
    "Crème brûlée für Zoë’s Überraschung",
    "👩‍💻 Pair on the “rollout” 🚀 plan",
    "اتصل بالفريق غدًا بخصوص update",
    "שלום: להכין מצגת ל־review",
    "日本語のタスクを確認する",
    "<b>Bold</b> & <script>alert(\"draft\")</script>",
    "Robert'); DROP TABLE tasks;--",
    "100% of \"quotes\", 'apostrophes' and a \\ backslash",
    "snake_case_and_% are no wildcards",
    "  spaces before and after  ",
    "cafe\u{301} is not café",
    "zero\u{200b}width and \u{202e}reversed\u{202c} text",
    "{{ template }} ${shell} $(command) %s %d",
    "null",
];

/// Texts of descriptions.
pub(super) const DESCRIPTIONS: &[&str] = &[
    "See the notes of last week's meeting.",
    "Ask Alex for the numbers first.\nThen send a summary.",
    "Blocked until the contract is signed – see \"Legal\".",
    "Nice to have. 🙂",
    "1. Collect\n2. Sort\n3. Decide",
    "<p>Pasted from a web page &amp; never cleaned up</p>",
    "https://example.com/a?b=c&d=%20e#f",
    "مسودة أولى فقط",
];

/// A title, a colour and an icon each.
pub(super) const PROJECTS: &[(&str, &str, &str)] = &[
    ("Website relaunch", "#2f80ed", "🌐"),
    ("Move to the new flat", "#eb5757", "📦"),
    ("Quarterly planning", "#f2994a", "🗓️"),
    ("Mobile app", "#27ae60", "📱"),
    ("Hiring", "#9b51e0", "🧑‍💼"),
    ("Garden", "#219653", "🌱"),
    ("Writing – \"the book\"", "#333333", "✍️"),
    ("Finances & taxes", "#f2c94c", "💶"),
    ("Großputz", "#56ccf2", "🧹"),
    ("Someday / maybe", "#bdbdbd", "💭"),
];

/// Names of tags, as the application's importer makes them out of Notion's properties.
pub(super) const TAGS: &[&str] = &[
    "context:Work",
    "context:Home",
    "context:Errands",
    "context:Phone",
    "context:Computer",
    "context:Café",
    "energy:High",
    "energy:Medium",
    "energy:Low",
    "time:5min",
    "time:15min",
    "time:30min",
    "time:1h",
    "time:Half a day",
    "source:Email",
    "source:Meeting",
    "source:Siri",
    "source:Web",
    "waiting",
    "delegated",
    "recurring",
    "health",
    "family",
    "learning",
    "🔥 hot",
];

/// Colours of tags.
pub(super) const COLORS: &[&str] = &["red", "orange", "yellow", "green", "blue", "purple", "gray"];

/// Bodies of pages: subtasks, mentions, tags in the text - what an export of properties never sees.
pub(super) const BODIES: &[&[BodyBlock]] = &[
    &[
        block("heading_2", "What is left to do"),
        block("to_do", "Ask for the last invoice"),
        block("to_do", "Send it to @Robin before the 14th"),
    ],
    &[
        block(
            "paragraph",
            "Agreed on the phone: half now, half on delivery.",
        ),
        BodyBlock {
            kind: "toggle",
            text: "Subtasks",
            inside: &[
                block("bulleted_list_item", "Measure the north wall"),
                block("bulleted_list_item", "Order the paint #errands"),
            ],
        },
    ],
    &[
        block("quote", "„Erst prüfen, dann löschen.“ – Zoë"),
        block("paragraph", "Depends on the task “Move the archive” 📦"),
    ],
    &[block(
        "paragraph",
        "Door code 4711, second floor, ask for Mrs. Okafor.",
    )],
];

const fn block(kind: &'static str, text: &'static str) -> BodyBlock {
    BodyBlock {
        kind,
        text,
        inside: &[],
    }
}
