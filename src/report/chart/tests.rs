//! What holds of every layout, whatever the data: nothing is cut off, and no text covers another.

use proptest::prelude::*;

use super::picture::{Extent, Label, Mark};
use super::*;
use crate::record::Side;
use crate::report::summary::{
    Bar, Bounded, Breakdown, Closed, Closing, Curve, Decided, Distribution, LogAxis, Moment,
    MomentKind, Part, PartKind, Strip, Table, Timeline,
};
use crate::stats::quantile_rank;
use crate::verdict::{Outcome, Unit};

/// From a nanosecond to thirty years.
fn value() -> impl Strategy<Value = f64> {
    prop_oneof![
        (-9.0f64..9.0).prop_map(|power| 10f64.powf(power)),
        Just(1e-9),
        Just(1.0),
        0.05f64..5.0,
    ]
}

/// A few take no time at all.
fn instant_or(value: impl Strategy<Value = f64>) -> impl Strategy<Value = f64> {
    (value, 0u8..8).prop_map(|(value, one)| if one == 0 { 0.0 } else { value })
}

fn axis_of(values: &[f64]) -> LogAxis {
    LogAxis::around(values.iter().copied()).unwrap()
}

fn span() -> impl Strategy<Value = (f64, f64)> {
    (value(), 1.0f64..3.0, any::<bool>())
        .prop_map(|(low, factor, is_one)| (low, if is_one { low } else { low * factor }))
}

fn bounded() -> impl Strategy<Value = Bounded> {
    let maybe = || prop::option::of(value());
    (maybe(), maybe(), maybe()).prop_map(|(low, point, high)| Bounded { point, low, high })
}

fn strip() -> impl Strategy<Value = Drawing> {
    (span(), bounded(), bounded(), any::<bool>()).prop_map(|(promised, p50, p95, is_time)| {
        let measured = [p50.point, p50.low, p50.high, p95.point, p95.low, p95.high];
        let measured = measured.into_iter().flatten();
        let values: Vec<f64> = measured.chain([promised.0, promised.1]).collect();
        Drawing::Strip(Strip {
            unit: if is_time { Unit::Seconds } else { Unit::Ratio },
            axis: axis_of(&values),
            promised,
            marks: vec![("p50", p50), ("p95", p95)],
        })
    })
}

fn curve(side: Side, mut times: Vec<f64>, all: usize) -> Curve {
    times.sort_by(f64::total_cmp);
    let count = times.len();
    let at = |share: f64| times[quantile_rank(count, share) - 1];
    let marks = [("p50", 0.5), ("p95", 0.95), ("p99", 0.99)];
    Curve {
        side,
        marks: marks
            .into_iter()
            .filter(|_| count > 0)
            .map(|(name, share)| (name, share, at(share)))
            .collect(),
        instant: 0,
        successful: count,
        all: count + all,
        points: times
            .iter()
            .zip(1..)
            .map(|(time, n)| (*time, f64::from(n) / (count + all) as f64))
            .collect(),
    }
}

fn distribution() -> impl Strategy<Value = Drawing> {
    let times = || prop::collection::vec(instant_or(value()), 0..40);
    (span(), span(), times(), times(), 0usize..1_000_000).prop_map(
        |(before, after, baseline, candidate, failed)| {
            let promised = [before.0, before.1, after.0, after.1];
            let values = [&promised[..], &baseline, &candidate].concat();
            let values: Vec<f64> = values.into_iter().filter(|value| *value > 0.0).collect();
            Drawing::Distribution(Distribution {
                axis: axis_of(&values),
                before,
                after,
                curves: [
                    curve(Side::Baseline, baseline, failed),
                    curve(Side::Candidate, candidate, 0),
                ],
            })
        },
    )
}

fn closing() -> impl Strategy<Value = Drawing> {
    let looks = prop::collection::vec(bounded(), 0..70);
    (value(), looks, 1usize..50_000, any::<u8>()).prop_map(|(promised, looks, step, decided)| {
        let known = |one: &Bounded| [one.low, one.point, one.high];
        let mut values: Vec<f64> = looks.iter().flat_map(known).flatten().collect();
        values.push(promised);
        let count = looks.len();
        Drawing::Closing(Closing {
            quantile: "p95",
            promised,
            axis: axis_of(&values),
            looks: looks
                .into_iter()
                .zip(1..)
                .map(|(speedup, at)| Closed {
                    n: at * step,
                    speedup,
                })
                .collect(),
            decided: (count > 0 && decided > 50).then(|| {
                let n = (usize::from(decided) % count + 1) * step;
                Decided {
                    from: n - usize::from(decided) % n,
                    n,
                    outcome: if decided % 2 == 0 {
                        Outcome::Go
                    } else {
                        Outcome::NoGo
                    },
                }
            }),
        })
    })
}

fn timeline() -> impl Strategy<Value = Drawing> {
    let kind = prop::sample::select(MomentKind::ALL.to_vec());
    let moment = (any::<bool>(), 0.0f64..1.0, instant_or(value()), kind);
    let moments = prop::collection::vec(moment, 1..80);
    (0.0f64..1e6, value(), moments, any::<bool>()).prop_map(|(from_s, span_s, moments, all)| {
        let mut values: Vec<f64> = moments.iter().map(|moment| moment.2).collect();
        values.push(1.0);
        let moment = |(is_baseline, at, seconds, kind): (bool, f64, f64, MomentKind)| Moment {
            side: if is_baseline {
                Side::Baseline
            } else {
                Side::Candidate
            },
            at_s: from_s + at * span_s,
            seconds,
            kind,
        };
        Drawing::Timeline(Timeline {
            from_s,
            to_s: from_s + span_s,
            axis: axis_of(&values),
            moments: moments.into_iter().map(moment).collect(),
            is_complete: all,
        })
    })
}

fn breakdown() -> impl Strategy<Value = Drawing> {
    let part = || (0usize..17, "\\PC{0,60}", value());
    let parts = || prop::collection::vec(part(), 0..16);
    let bar = |side, parts: Vec<(usize, String, f64)>| {
        let waits = [
            PartKind::Superseded,
            PartKind::LookUp,
            PartKind::Handshake,
            PartKind::BudgetWait,
            PartKind::Pause,
        ];
        let part = |(at, name, seconds): (usize, String, f64)| Part {
            kind: at
                .checked_sub(12)
                .map_or(PartKind::Step(at), |at| waits[at]),
            name,
            seconds,
        };
        let mut parts: Vec<Part> = parts.into_iter().map(part).collect();
        let mut seen = Vec::new();
        parts.retain(|part| {
            let is_new = !seen.contains(&part.kind);
            seen.push(part.kind);
            is_new
        });
        Bar { side, parts }
    };
    (parts(), parts()).prop_map(move |(baseline, candidate)| {
        let bars = [
            bar(Side::Baseline, baseline),
            bar(Side::Candidate, candidate),
        ];
        Drawing::Breakdown(Breakdown { bars })
    })
}

fn chart(title: String, drawing: Drawing) -> Chart {
    Chart {
        id: "any".to_owned(),
        title,
        subject: "A scenario \u{b7} a run \u{b7} Notion is simulated".to_owned(),
        alt: String::new(),
        table: Table::default(),
        drawing,
    }
}

fn labels(picture: &Picture) -> Vec<&Label> {
    fn text(mark: &Mark) -> Option<&Label> {
        match mark {
            Mark::Text(label) => Some(label),
            _ => None,
        }
    }
    picture.marks.iter().filter_map(text).collect()
}

fn extents(mark: &Mark) -> Vec<Extent> {
    match mark {
        Mark::Line(points, _) | Mark::Area(points, ..) => points
            .iter()
            .map(|at| Extent::between(*at, *at, 0.0))
            .collect(),
        Mark::Block(extent, ..) => vec![*extent],
        Mark::Circle(at, radius, ..) => vec![Extent::between(*at, *at, f64::from(*radius))],
        Mark::Text(label) => vec![label.extent()],
    }
}

/// Nothing is cut off, and no text covers another.
#[track_caller]
fn assert_is_well_laid_out(picture: &Picture) {
    let sheet = Extent::new(0.0, 0.0, picture.width, picture.height);
    let at_edge = Extent::between((0.0, 0.0), (picture.width, picture.height), 0.5);
    assert!(
        sheet.width() <= 800.0 && sheet.height() <= 700.0,
        "{sheet:?}"
    );
    for mark in &picture.marks {
        for extent in extents(mark) {
            assert!(at_edge.contains(extent), "{mark:?} in {sheet:?}");
        }
    }
    let labels = labels(picture);
    for (at, one) in labels.iter().enumerate() {
        assert!(one.size >= 11.0);
        for other in &labels[..at] {
            assert!(
                !one.extent().overlaps(other.extent()),
                "{one:?} on {other:?}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn nothing_is_cut_off_and_no_text_covers_another(
        drawing in prop_oneof![strip(), distribution(), closing(), timeline(), breakdown()],
        title in "\\PC{0,80}",
    ) {
        let chart = chart(title, drawing);
        for shape in [Shape::Wide, Shape::Narrow] {
            assert_is_well_laid_out(&picture(&chart, shape).unwrap());
        }
        assert_is_well_laid_out(&picture(&chart, Shape::Wide).unwrap().standalone(&chart.title, &chart.subject));
        let svg = inline_svg(&chart, Shape::Wide).unwrap();
        prop_assert_eq!(&svg, &inline_svg(&chart, Shape::Wide).unwrap());
    }
}

/// Log-normal times as those of a run, around a median.
fn around(median: f64, count: u32) -> Vec<f64> {
    let at = |n: u32| (f64::from(n) + 0.5) / f64::from(count);
    (0..count)
        .map(|n| median * ((at(n) / (1.0 - at(n))).ln() * 0.07).exp())
        .collect()
}

#[test]
fn no_quantile_is_struck_through_by_the_edge_of_a_promise() {
    for (after, median) in [
        ((0.02, 0.05), 0.0327),
        ((0.02, 0.05), 0.022),
        ((0.03, 0.03), 0.0327),
    ] {
        let (baseline, candidate) = (around(1.5, 24), around(median, 480));
        let axis = axis_of(&[&[after.0, after.1, 1.0, 2.0], &baseline[..], &candidate].concat());
        let drawing = Drawing::Distribution(Distribution {
            axis,
            before: (1.0, 2.0),
            after,
            curves: [
                curve(Side::Baseline, baseline, 0),
                curve(Side::Candidate, candidate, 0),
            ],
        });
        let picture = picture(&chart("any".to_owned(), drawing), Shape::Wide).unwrap();
        let is_edge = |mark: &&Mark| match mark {
            Mark::Line(points, pen) => {
                points.len() == 2
                    && (points[0].1 - points[1].1).abs() > 150.0
                    && [palette::BASELINE, palette::CANDIDATE].contains(&pen.colour)
            }
            _ => false,
        };
        let edges: Vec<Extent> = picture
            .marks
            .iter()
            .filter(is_edge)
            .flat_map(|mark| {
                let ends = extents(mark);
                [Extent::new(
                    ends[0].left,
                    ends[0].top.min(ends[1].top),
                    ends[0].left + 1.0,
                    ends[0].bottom.max(ends[1].bottom),
                )]
            })
            .collect();
        assert_eq!(edges.len(), 4);
        let quantile =
            |label: &&&Label| label.text.starts_with("p50") || label.text.starts_with("p9");
        let labels = labels(&picture);
        let quantiles: Vec<&&Label> = labels.iter().filter(quantile).collect();
        assert!(quantiles.len() >= 5, "{quantiles:?}");
        for label in quantiles {
            let struck = edges.iter().any(|edge| edge.overlaps(label.extent()));
            assert!(!struck, "{label:?}");
        }
    }
}

#[test]
fn a_bound_at_a_single_look_is_a_dot_and_no_stray_dash() {
    let look = |n: usize, low, high| Closed {
        n,
        speedup: Bounded {
            point: Some(30.0),
            low,
            high,
        },
    };
    let drawing = Drawing::Closing(Closing {
        quantile: "p50",
        promised: 20.0,
        axis: axis_of(&[20.0, 40.0]),
        looks: vec![
            look(1, None, None),
            look(2, None, None),
            look(3, Some(25.0), Some(35.0)),
        ],
        decided: None,
    });
    let picture = picture(&chart("any".to_owned(), drawing), Shape::Wide).unwrap();
    let is_dash = |mark: &&Mark| match mark {
        Mark::Line(points, _) => {
            points.len() == 2
                && (points[0].1 - points[1].1).abs() < 0.5
                && (points[0].0 - points[1].0).abs() < 20.0
        }
        _ => false,
    };
    let is_dot = |mark: &&Mark| matches!(mark, Mark::Circle(_, 2, ..));
    assert_eq!(picture.marks.iter().filter(is_dash).count(), 0);
    assert_eq!(picture.marks.iter().filter(is_dot).count(), 2);
}
