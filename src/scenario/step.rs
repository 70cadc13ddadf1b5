//! One step of a scenario: one purpose, with a form for each driver that it can be asked by.

use super::form::Form;
use crate::driver::Driver;

/// One step of a scenario. Whichever form is sent, it serves the same purpose, and what its answer
/// gives has the same names.
#[derive(Debug, Clone)]
pub struct Step {
    /// Its name, unique within its list.
    pub name: String,
    /// What an application's API is sent.
    pub http: Form,
    /// What Notion itself is sent, when the scenario can be run against it.
    pub notion: Option<Form>,
    /// What a PostgreSQL itself is sent, when the scenario can be run against it.
    pub sql: Option<Form>,
}

impl Step {
    /// What a side that is reached by this driver is sent; `None` when the step has no such form.
    #[must_use]
    pub fn form(&self, driver: Driver) -> Option<&Form> {
        match driver {
            Driver::Http => Some(&self.http),
            Driver::Notion => self.notion.as_ref(),
            Driver::Postgres => self.sql.as_ref(),
        }
    }

    /// Every form that it has.
    pub fn forms(&self) -> impl Iterator<Item = &Form> {
        Driver::ALL
            .into_iter()
            .filter_map(|driver| self.form(driver))
    }
}
