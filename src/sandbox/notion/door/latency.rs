//! How long an answer takes. The simulator itself answers in well under a millisecond; the live
//! service does not. A profile states what is assumed of it, and the noise comes from the seed, so
//! that a run can be repeated.
//!
//! A delay is the whole time from a request's admission to its answer; the simulator's own work is
//! part of it. Delays are log-normal: the median is stated, `sigma` is the standard deviation of the logarithm.
//! Each kind of call that is stated draws from a stream of its own, so that one does not move another's.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rand::SeedableRng;
use rand_distr::{Distribution, LogNormal};
use rand_xoshiro::Xoshiro256PlusPlus;
use thiserror::Error;

/// No answer is held longer than Notion's own time-out.
const LONGEST: Duration = Duration::from_secs(60);

/// The delay of one kind of call.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Delay {
    /// The median without rows.
    pub median: Duration,
    /// What each page in the answer of a query adds to the median.
    pub per_row: Duration,
    /// The standard deviation of the delay's natural logarithm; 0 is no noise.
    pub sigma: f64,
}

/// The delays of all kinds of calls. Only lists answer rows; for the others `per_row` is unused.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct LatencyProfile {
    /// A database query.
    pub query: Delay,
    /// A database query that filters by title, or by a part of any text.
    pub query_by_text: Delay,
    /// A page read.
    pub retrieve_page: Delay,
    /// A page created.
    pub create_page: Delay,
    /// A page changed or archived.
    pub update_page: Delay,
    /// A database's schema read.
    pub retrieve_database: Delay,
    /// A search; that of a query by text when it is not stated.
    pub search: Option<Delay>,
    /// A database or data source created or changed; that of a page created when it is not stated.
    pub write_database: Option<Delay>,
    /// A block read; that of a page read when it is not stated.
    pub retrieve_block: Option<Delay>,
    /// The children of a block listed; that of a query when it is not stated.
    pub list_blocks: Option<Delay>,
    /// Blocks appended; that of a page created when it is not stated.
    pub append_blocks: Option<Delay>,
    /// A block changed or deleted; that of a page changed when it is not stated.
    pub update_block: Option<Delay>,
    /// Users listed, or one of them read; that of a page read when it is not stated.
    pub users: Option<Delay>,
    /// Comments listed; that of a query when it is not stated.
    pub list_comments: Option<Delay>,
    /// A comment created; that of a page created when it is not stated.
    pub create_comment: Option<Delay>,
}

/// Why a profile is not usable.
#[derive(Debug, Clone, PartialEq, Error)]
#[error(
    "the latency of `{call}` has sigma {sigma}; write a number that is finite and not negative"
)]
pub struct LatencyError {
    call: &'static str,
    sigma: f64,
}

/// Which delay of a profile applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    Query,
    QueryByText,
    RetrievePage,
    CreatePage,
    UpdatePage,
    RetrieveDatabase,
    Search,
    WriteDatabase,
    RetrieveBlock,
    ListBlocks,
    AppendBlocks,
    UpdateBlock,
    Users,
    ListComments,
    CreateComment,
}

impl Work {
    /// What takes its place in a profile that does not state it. The first six are always stated.
    fn kin(self) -> Self {
        match self {
            Self::Query | Self::ListBlocks | Self::ListComments => Self::Query,
            Self::QueryByText | Self::Search => Self::QueryByText,
            Self::RetrievePage | Self::RetrieveBlock | Self::Users => Self::RetrievePage,
            Self::CreatePage | Self::WriteDatabase | Self::AppendBlocks | Self::CreateComment => {
                Self::CreatePage
            }
            Self::UpdatePage | Self::UpdateBlock => Self::UpdatePage,
            Self::RetrieveDatabase => Self::RetrieveDatabase,
        }
    }
}

impl LatencyProfile {
    /// Every delay with its name in a profile file, in the order of `Work`.
    fn stated(&self) -> [(&'static str, Option<Delay>); 15] {
        [
            ("query", Some(self.query)),
            ("query_by_text", Some(self.query_by_text)),
            ("retrieve_page", Some(self.retrieve_page)),
            ("create_page", Some(self.create_page)),
            ("update_page", Some(self.update_page)),
            ("retrieve_database", Some(self.retrieve_database)),
            ("search", self.search),
            ("write_database", self.write_database),
            ("retrieve_block", self.retrieve_block),
            ("list_blocks", self.list_blocks),
            ("append_blocks", self.append_blocks),
            ("update_block", self.update_block),
            ("users", self.users),
            ("list_comments", self.list_comments),
            ("create_comment", self.create_comment),
        ]
    }

    /// The delays that are stated, with their names in a profile file.
    pub fn delays(&self) -> impl Iterator<Item = (&'static str, Delay)> {
        let stated = self.stated().into_iter();
        stated.filter_map(|(name, delay)| Some((name, delay?)))
    }
}

/// A profile with its streams of noise.
#[derive(Debug)]
pub(crate) struct Latency {
    streams: [Option<Stream>; 15],
}

#[derive(Debug)]
struct Stream {
    delay: Delay,
    factor: LogNormal<f64>,
    random: Mutex<Xoshiro256PlusPlus>,
}

impl Latency {
    /// # Errors
    /// When a sigma is negative or not finite.
    pub(crate) fn new(profile: &LatencyProfile, seed: u64) -> Result<Self, LatencyError> {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let mut streams = [const { None }; 15];
        for (stream, (call, delay)) in streams.iter_mut().zip(profile.stated()) {
            random.jump();
            let Some(delay) = delay else { continue };
            let wrong = || LatencyError {
                call,
                sigma: delay.sigma,
            };
            if !delay.sigma.is_finite() || delay.sigma < 0.0 {
                return Err(wrong());
            }
            *stream = Some(Stream {
                delay,
                factor: LogNormal::new(0.0, delay.sigma).map_err(|_| wrong())?,
                random: Mutex::new(random.clone()),
            });
        }
        Ok(Self { streams })
    }

    /// The next delay of such a call whose answer has so many rows.
    pub(crate) fn draw(&self, work: Work, rows: usize) -> Duration {
        let own = self.streams[work as usize].as_ref();
        let Some(stream) = own.or(self.streams[work.kin() as usize].as_ref()) else {
            return Duration::ZERO;
        };
        let factor = {
            let mut random = stream.random.lock().unwrap_or_else(PoisonError::into_inner);
            stream.factor.sample(&mut *random)
        };
        let rows = u32::try_from(rows).unwrap_or(u32::MAX);
        let median = stream
            .delay
            .median
            .saturating_add(stream.delay.per_row.saturating_mul(rows));
        Duration::try_from_secs_f64(median.as_secs_f64() * factor)
            .unwrap_or(LONGEST)
            .min(LONGEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(sigma: f64) -> LatencyProfile {
        let delay = |millis| Delay {
            median: Duration::from_millis(millis),
            per_row: Duration::from_millis(1),
            sigma,
        };
        LatencyProfile {
            query: delay(200),
            query_by_text: delay(300),
            retrieve_page: delay(100),
            create_page: delay(400),
            update_page: delay(500),
            retrieve_database: delay(50),
            ..LatencyProfile::default()
        }
    }

    fn millis(duration: Duration) -> f64 {
        duration.as_secs_f64() * 1e3
    }

    #[test]
    fn without_noise_every_call_has_its_own_median_and_rows_add_to_it() {
        let latency = Latency::new(&profile(0.0), 7).unwrap();
        let seen = [
            (Work::Query, 100),
            (Work::QueryByText, 0),
            (Work::RetrievePage, 0),
            (Work::CreatePage, 0),
            (Work::UpdatePage, 0),
            (Work::RetrieveDatabase, 0),
        ]
        .map(|(work, rows)| latency.draw(work, rows).as_millis());
        assert_eq!(seen, [300, 300, 100, 400, 500, 50]);
    }

    #[test]
    fn a_call_that_is_not_stated_takes_as_long_as_its_kin_and_one_that_is_takes_its_own() {
        let profile = LatencyProfile {
            search: Some(Delay {
                median: Duration::from_millis(900),
                ..Delay::default()
            }),
            ..profile(0.0)
        };
        let latency = Latency::new(&profile, 7).unwrap();
        for (work, millis) in [
            (Work::Search, 900),
            (Work::WriteDatabase, 400),
            (Work::RetrieveBlock, 100),
            (Work::ListBlocks, 200),
            (Work::AppendBlocks, 400),
            (Work::UpdateBlock, 500),
            (Work::Users, 100),
            (Work::ListComments, 200),
            (Work::CreateComment, 400),
        ] {
            assert_eq!(latency.draw(work, 0).as_millis(), millis, "{work:?}");
        }
        let names: Vec<_> = profile.delays().map(|(name, _)| name).collect();
        assert_eq!((names.len(), names.last()), (7, Some(&"search")));
    }

    #[test]
    fn the_median_is_the_stated_one_and_the_spread_is_sigma() {
        let latency = Latency::new(&profile(0.3), 7).unwrap();
        let mut logarithms: Vec<f64> = (0..4_000)
            .map(|_| (millis(latency.draw(Work::Query, 0)) / 200.0).ln())
            .collect();
        logarithms.sort_by(f64::total_cmp);
        let share_below = |bound: f64| logarithms.partition_point(|x| *x < bound) as f64 / 4_000.0;
        // The normal distribution's shares below -1, 0 and 1 sigma, within about 4 standard errors.
        for (bound, share) in [(-0.3, 0.158_7), (0.0, 0.5), (0.3, 0.841_3)] {
            let seen = share_below(bound);
            assert!((seen - share).abs() < 0.035, "{bound}: {seen} for {share}");
        }
    }

    #[test]
    fn a_seed_repeats_whatever_the_other_endpoints_do() {
        let (one, two) = (
            Latency::new(&profile(0.3), 7),
            Latency::new(&profile(0.3), 7),
        );
        let (one, two) = (one.unwrap(), two.unwrap());
        let alone: Vec<_> = (0..20).map(|_| one.draw(Work::CreatePage, 0)).collect();
        let among_others: Vec<_> = (0..20)
            .map(|_| {
                two.draw(Work::Query, 5);
                two.draw(Work::CreatePage, 0)
            })
            .collect();
        assert_eq!(alone, among_others);
        let other_seed = Latency::new(&profile(0.3), 8).unwrap();
        assert_ne!(alone[0], other_seed.draw(Work::CreatePage, 0));
    }

    #[test]
    fn a_profile_without_sense_is_refused_by_name() {
        for sigma in [-0.1, f64::NAN, f64::INFINITY] {
            let mut wrong = profile(0.1);
            wrong.update_page.sigma = sigma;
            let error = Latency::new(&wrong, 1).unwrap_err().to_string();
            assert!(error.contains("`update_page`"), "{error}");
        }
        let mut endless = profile(0.0);
        endless.query.per_row = Duration::MAX;
        let latency = Latency::new(&endless, 1).unwrap();
        assert_eq!(latency.draw(Work::Query, 100), LONGEST);
    }
}
