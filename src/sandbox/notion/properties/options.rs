//! Options of selects, multi-selects and statuses. Pages hold the places of options, so an option
//! never leaves its place once it is there.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};

use super::super::body::Field;
use super::super::errors::NotionError;
use super::super::ids;
use super::super::version::Version;
use super::words::{Word, one_of};

/// The colours of options; new ones get them in turn.
pub(crate) const COLORS: [&str; 10] = [
    "default", "gray", "brown", "orange", "yellow", "green", "blue", "purple", "pink", "red",
];
/// The most characters of an option's name.
const MOST_OF_NAME: usize = 100;

/// Where a status stands between begin and end. Only the options of a status are shown in groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Group {
    ToDo,
    InProgress,
    Complete,
}

impl Group {
    const ALL: [(Self, &str, &str); 3] = [
        (Self::ToDo, "To-do", "gray"),
        (Self::InProgress, "In progress", "blue"),
        (Self::Complete, "Complete", "green"),
    ];

    /// The group of the option at `place` of `count`: the first is to do, the last is complete.
    pub(crate) fn of_place(place: usize, count: usize) -> Self {
        match place {
            0 => Self::ToDo,
            _ if place + 1 == count => Self::Complete,
            _ => Self::InProgress,
        }
    }

    fn named(name: &str) -> Option<Self> {
        let found = Self::ALL.iter().find(|(_, known, _)| *known == name);
        found.map(|(group, _, _)| *group)
    }
}

/// An option that is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Choice {
    pub(crate) id: String,
    pub(crate) name: String,
    #[serde(deserialize_with = "color")]
    pub(crate) color: Word,
    pub(crate) group: Group,
}

fn color<'de, D: Deserializer<'de>>(deserializer: D) -> Result<&'static str, D::Error> {
    one_of(deserializer, &COLORS)
}

impl Choice {
    /// The object that stands in a schema and in a page.
    pub(crate) fn answer(&self) -> ChoiceAnswer<'_> {
        let Self {
            id, name, color, ..
        } = self;
        ChoiceAnswer { id, name, color }
    }
}

/// An option in an answer.
#[derive(Debug, Serialize)]
pub(crate) struct ChoiceAnswer<'c> {
    id: &'c str,
    name: &'c str,
    color: Word,
}

/// An option as a request names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) name: String,
    pub(crate) color: Option<&'static str>,
}

impl Named {
    /// Reads `{name, color}` or the `{id}` of an option that is there.
    pub(crate) fn parse(
        field: &Field<'_>,
        property: &str,
        known: &Options,
    ) -> Result<Self, NotionError> {
        field.object_of(&["id", "name", "color", "description"])?;
        let color = match field.get("color").present() {
            Some(color) => Some(color.one_of(&COLORS)?),
            None => None,
        };
        let Some(name) = field.get("name").optional() else {
            let id = field.get("id").text()?;
            let known = known.0.iter().find(|choice| choice.id == id);
            let name = known.map(|choice| choice.name.clone()).ok_or_else(|| {
                NotionError::Validation(format!("{property} is an invalid select option \"{id}\"."))
            })?;
            return Ok(Self { name, color });
        };
        let text = name.text_of(MOST_OF_NAME)?;
        if text.is_empty() {
            return Err(name.should("be a name of at least one character"));
        }
        if text.contains(',') {
            return Err(NotionError::Validation(format!(
                "Invalid select option, commas not allowed: {text}"
            )));
        }
        Ok(Self {
            name: text.to_owned(),
            color,
        })
    }
}

/// The options of a property, in the order in which they sort.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Options(Vec<Choice>);

impl Options {
    /// The declared options of the property with this id.
    pub(crate) fn declared(property: &str, names: Vec<String>) -> Self {
        let mut options = Self::default();
        let count = names.len();
        for (place, name) in names.into_iter().enumerate() {
            let place_of = options.choose(property, &Named { name, color: None });
            options.0[place_of].group = Group::of_place(place, count);
        }
        options
    }

    pub(crate) fn all(&self) -> &[Choice] {
        &self.0
    }

    /// The option at a place that [`Self::place`] or [`Self::choose`] gave.
    pub(crate) fn at(&self, place: usize) -> Option<&Choice> {
        self.0.get(place)
    }

    pub(crate) fn place(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|choice| choice.name == name)
    }

    /// The place of an option, which is added when it is new.
    pub(crate) fn choose(&mut self, property: &str, named: &Named) -> usize {
        self.place(&named.name).unwrap_or_else(|| {
            let place = self.0.len();
            self.0.push(Choice {
                id: ids::of_option(property, &named.name).to_string(),
                name: named.name.clone(),
                color: named.color.unwrap_or(COLORS[place % COLORS.len()]),
                group: Group::ToDo,
            });
            place
        })
    }

    /// Adds an option as an answer of Notion's shows it, with the id and colour that it has there.
    ///
    /// # Errors
    /// When it is no option, or its name or id belongs to another one.
    pub(crate) fn import(&mut self, property: &str, told: &Field<'_>) -> Result<(), NotionError> {
        let name = told.get("name").text_of(MOST_OF_NAME)?;
        let id = match told.get("id").present() {
            Some(id) => id.text()?.to_owned(),
            None => ids::of_option(property, name).to_string(),
        };
        let color = match told.get("color").present() {
            Some(color) => color.one_of(&COLORS)?,
            None => COLORS[0],
        };
        let same = |choice: &&Choice| choice.name == name || choice.id == id;
        match self.0.iter().find(same) {
            Some(known) if known.name == name && known.id == id => {}
            Some(known) => {
                return Err(NotionError::Validation(format!(
                    "the option \"{name}\" ({id}) is \"{}\" ({}) elsewhere",
                    known.name, known.id
                )));
            }
            None => self.0.push(Choice {
                id,
                name: name.to_owned(),
                color,
                group: Group::ToDo,
            }),
        }
        Ok(())
    }

    /// Puts the options of a status into the groups of an answer; those that none names, into the
    /// group that their names mean. Answers whether all were named.
    pub(crate) fn import_groups(&mut self, groups: &[Value]) -> bool {
        let mut all = true;
        for choice in &mut self.0 {
            let own = |group: &&Value| {
                let ids = group["option_ids"].as_array();
                ids.is_some_and(|ids| ids.iter().any(|id| *id == choice.id.as_str()))
            };
            let told = groups.iter().find(own);
            let told = told.and_then(|group| Group::named(group["name"].as_str()?));
            all &= told.is_some();
            choice.group = told.unwrap_or_else(|| match choice.name.to_lowercase().as_str() {
                "done" | "complete" | "completed" | "archived" | "cancelled" => Group::Complete,
                "in progress" | "doing" | "active" | "started" => Group::InProgress,
                _ => Group::ToDo,
            });
        }
        all
    }

    /// Adds the options that a schema names; those that are there stay as they are.
    ///
    /// # Errors
    /// When an option is malformed, or is there in another colour: Notion lets none be changed.
    pub(crate) fn merge(&mut self, property: &str, config: &Field<'_>) -> Result<(), NotionError> {
        let Some(given) = config.get("options").optional() else {
            return Ok(());
        };
        for field in given.elements()? {
            let named = Named::parse(&field, property, self)?;
            let old = self.place(&named.name).and_then(|place| self.at(place));
            if old.is_some_and(|old| named.color.is_some_and(|color| color != old.color)) {
                return Err(NotionError::Validation(format!(
                    "Cannot update color of select with name: {}.",
                    named.name
                )));
            }
            self.choose(property, &named);
        }
        Ok(())
    }

    /// Reads the groups of a new status; without them the places of the options decide.
    pub(crate) fn arrange(&mut self, config: &Field<'_>) -> Result<(), NotionError> {
        let count = self.0.len();
        for (place, choice) in self.0.iter_mut().enumerate() {
            choice.group = Group::of_place(place, count);
        }
        let (Some(groups), Some(options)) = (
            config.get("groups").optional(),
            config.get("options").optional(),
        ) else {
            return Ok(());
        };
        let options = options.elements()?;
        for group in groups.elements()? {
            let name = group.get("name");
            let known = Group::named(name.text()?).ok_or_else(|| {
                name.should("be `\"To-do\"`, `\"In progress\"`, or `\"Complete\"`")
            })?;
            for id in group.get("option_ids").elements()? {
                let id = id.text()?;
                let inside = |field: &&Field<'_>| field.get("id").text().is_ok_and(|own| own == id);
                let named = options.iter().find(inside).map(|field| field.get("name"));
                let place = named.and_then(|name| self.place(name.text().ok()?));
                if let Some(choice) = place.and_then(|place| self.0.get_mut(place)) {
                    choice.group = known;
                }
            }
        }
        Ok(())
    }

    /// The `options` of a schema.
    pub(crate) fn answer(&self, version: Version) -> Value {
        let answer = |choice: &Choice| {
            let mut answer = json!(choice.answer());
            if version.has_data_sources() {
                answer["description"] = Value::Null;
            }
            answer
        };
        self.0.iter().map(answer).collect()
    }

    /// The `groups` of a status.
    pub(crate) fn groups(&self, property: &str) -> Value {
        let group = |(group, name, color): &(Group, &str, &str)| {
            let inside = self.0.iter().filter(|choice| choice.group == *group);
            json!({
                "id": ids::of_option(property, name).to_string(),
                "name": name,
                "color": color,
                "option_ids": inside.map(|choice| choice.id.as_str()).collect::<Vec<_>>(),
            })
        };
        Group::ALL.iter().map(group).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn names() -> impl Strategy<Value = Vec<String>> {
        prop::collection::btree_set("[A-Za-z]{1,4}", 1..7).prop_map(|set| set.into_iter().collect())
    }

    proptest! {
        #[test]
        fn every_status_option_is_in_exactly_one_group(names in names()) {
            let options = Options::declared("Status", names.clone());
            let groups = options.groups("Status");
            let sizes = groups.as_array().unwrap().iter().map(|group| group["option_ids"].as_array().unwrap().len());
            prop_assert_eq!(sizes.sum::<usize>(), names.len());
        }

        #[test]
        fn an_option_never_leaves_its_place(old in names(), new in names()) {
            let mut options = Options::declared("Tags", old.clone());
            let config = json!({ "options": new.iter().map(|name| json!({ "name": name })).collect::<Vec<_>>() });
            options.merge("Tags", &Field::root("body", &config)).unwrap();
            for (place, name) in old.iter().enumerate() {
                prop_assert_eq!(options.place(name), Some(place));
            }
            prop_assert!(new.iter().all(|name| options.place(name).is_some()));
        }

        #[test]
        fn answered_groups_are_kept_when_they_are_sent_back(names in names()) {
            let first = Options::declared("A", names);
            let config = json!({ "options": first.answer(Version::V2025_09_03), "groups": first.groups("A") });
            let field = Field::root("body", &config);
            let mut second = Options::default();
            second.merge("A", &field).unwrap();
            second.arrange(&field).unwrap();
            prop_assert_eq!(first, second);
        }
    }

    #[test]
    fn the_colour_of_an_option_cannot_be_changed() {
        let mut options = Options::declared("Tags", vec!["a".to_owned()]);
        let config = json!({ "options": [{ "name": "a", "color": "red" }] });
        let refusal = options
            .merge("Tags", &Field::root("body", &config))
            .unwrap_err();
        assert_eq!(
            refusal.to_string(),
            "Cannot update color of select with name: a."
        );
    }
}
