//! `cutover init`: write a commented `cutover.toml`.

use std::fs::OpenOptions;
use std::io::{self, ErrorKind, Write};

use crate::cli::InitArgs;
use crate::config::TEMPLATE;
use crate::exit::Exit;

/// Writes the file; one that is there is replaced only with `--force`.
#[must_use]
pub(super) fn init(args: &InitArgs) -> Exit {
    let path = args.path.display();
    let mut options = OpenOptions::new();
    options.write(true);
    if args.force {
        options.create(true).truncate(true);
    } else {
        // Looking first and writing then would replace a file that appears in between.
        options.create_new(true);
    }
    let written = options
        .open(&args.path)
        .and_then(|mut file| file.write_all(TEMPLATE.as_bytes()));
    match written {
        Ok(()) => {
            let _ = writeln!(
                io::stdout(),
                "wrote {path}; name the stores and the backups in it, set BASELINE_URL and CANDIDATE_URL, then run \
                 `cutover check`"
            );
            Exit::Success
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let _ = writeln!(
                io::stderr(),
                "{path} is there already; use --force to replace it"
            );
            Exit::Usage
        }
        Err(error) => {
            let _ = writeln!(
                io::stderr(),
                "{path} cannot be written: {error}; name a file in a folder that exists and can be written"
            );
            Exit::Usage
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::cmd::gates;
    use crate::config::{self, Access, BudgetConfig, RunConfig};
    use crate::scenario::Measured;

    #[test]
    fn what_init_writes_is_a_configuration_with_the_defaults() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cutover.toml");
        let args = InitArgs {
            path: path.clone(),
            force: false,
        };
        assert_eq!(init(&args), Exit::Success);
        let env = |name: &str| Some(format!("https://{}.example", name.to_lowercase()));
        let env = |name: &str| env(name).map(|url| url.replace('_', "-"));
        let config = config::load(&path, gates::NAMES, &env).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(
            config.baseline.base_url.as_str(),
            "https://baseline-url.example/"
        );
        assert_eq!(config.budget, BudgetConfig::default());
        assert_eq!(config.run, RunConfig::default());
        assert_eq!(config.gates.required, gates::NAMES.by_default);
    }

    #[test]
    fn every_line_that_is_commented_out_can_be_used() {
        let active = |line: &str| match line.strip_prefix("# ") {
            Some(rest) if rest.contains(" = ") => rest.to_owned(),
            _ => line.to_owned(),
        };
        let text: Vec<String> = TEMPLATE.lines().map(active).collect();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cutover.toml");
        fs::write(&path, text.join("\n")).unwrap();
        // The two sides are not one.
        let env = |name: &str| Some(format!("https://{}.example", name.to_lowercase()));
        let config = config::load(&path, gates::NAMES, &env).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(
            config.run,
            RunConfig::default(),
            "what is written is the default"
        );
        assert_eq!(config.run.seed, config::DEFAULT_SEED);
        assert_eq!(config.baseline.timeout, config::DEFAULT_TIMEOUT);
        assert_eq!(
            config.baseline.connect_timeout,
            config::DEFAULT_CONNECT_TIMEOUT
        );
        let Access::Http { headers, .. } = &config.baseline.access else {
            panic!("{:?}", config.baseline.access)
        };
        assert_eq!(headers.len(), 1);
        assert_eq!(config.gates.required.len(), 2);
    }

    #[test]
    fn the_alternative_of_the_template_can_be_used() {
        let text: Vec<&str> = TEMPLATE
            .lines()
            .filter_map(|line| line.strip_prefix("#| "))
            .collect();
        let candidate = "[candidate]\ndriver = \"http\"\nbase_url = \"https://side.example\"";
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cutover.toml");
        fs::write(&path, format!("{}\n{candidate}", text.join("\n"))).unwrap();
        let env = |name: &str| Some(name.to_lowercase());
        let config = config::load(&path, gates::NAMES, &env).unwrap_or_else(|e| panic!("{e}"));
        let Access::Notion { version, .. } = &config.baseline.access else {
            panic!("{:?}", config.baseline.access)
        };
        assert_eq!(version, config::DEFAULT_NOTION_VERSION);
        assert_eq!(
            config.baseline.base_url.as_str().trim_end_matches('/'),
            config::NOTION_URL
        );
        let variables = &config.baseline.variables;
        assert_eq!(variables["tasks_database"], "tasks_database_id");
        let built_in = crate::scenario::built_in().unwrap().into_iter();
        for scenario in built_in.filter_map(Measured::of) {
            let obstacles = scenario.obstacles(config.baseline.driver(), variables);
            assert_eq!(obstacles, Vec::<String>::new());
        }
    }

    #[test]
    fn what_the_template_says_of_stores_and_backups_can_be_used() {
        let lines = TEMPLATE.lines();
        let text: Vec<&str> = lines.filter_map(|line| line.strip_prefix("#: ")).collect();
        let sides = "[baseline]\ndriver = \"http\"\nbase_url = \"https://old.example\"\n\
                     [candidate]\ndriver = \"http\"\nbase_url = \"https://new.example\"\n";
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cutover.toml");
        fs::write(&path, format!("{sides}{}", text.join("\n"))).unwrap();
        let env = |name: &str| match name {
            "DATABASE_URL" | "DIRECT_URL" | "SCRATCH_URL" => {
                Some("postgres://a:b@db.example/c?sslmode=require".to_owned())
            }
            name => Some(name.to_lowercase()),
        };
        let config = config::load(&path, gates::NAMES, &env).unwrap_or_else(|e| panic!("{e}"));
        assert!(
            config
                .database
                .is_some_and(|it| it.pooled.is_some() && it.direct.is_some())
        );
        assert_eq!(config.notion.map(|notion| notion.databases.len()), Some(3));
        let backups = config.backups.unwrap();
        assert_eq!(backups.max_age, config::DEFAULT_MAX_AGE);
        assert!(backups.scratch.is_some() && backups.kept.is_some());
    }

    #[test]
    fn a_file_that_is_there_is_replaced_only_by_force() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cutover.toml");
        fs::write(&path, "mine").unwrap();
        let mut args = InitArgs {
            path: path.clone(),
            force: false,
        };
        assert_eq!(init(&args), Exit::Usage);
        assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
        args.force = true;
        assert_eq!(init(&args), Exit::Success);
        assert_eq!(fs::read_to_string(&path).unwrap(), TEMPLATE);
    }

    #[test]
    fn a_folder_that_is_missing_is_wrong_usage() {
        let folder = tempfile::tempdir().unwrap();
        let args = InitArgs {
            path: folder.path().join("nowhere/cutover.toml"),
            force: true,
        };
        assert_eq!(init(&args), Exit::Usage);
    }
}
