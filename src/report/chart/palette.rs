//! Colours, because a chart must be read on a light and on a dark page, on paper, and by people who
//! tell colours apart differently.
//!
//! A picture is drawn in the light values. Where the drawing is SVG, [`STYLE`] maps each of them to a
//! variable, which has another value on a dark page. No meaning rests on a colour alone: the sides
//! differ in shape, in their lines' width and in lightness as well.

/// A colour by what it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Colour {
    /// Red, green and blue on a light page, which is what is drawn.
    pub(super) light: (u8, u8, u8),
    /// Red, green and blue on a dark page.
    pub(super) dark: (u8, u8, u8),
}

const fn digit(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => byte - b'0',
        _ => byte - b'A' + 10,
    }
}

/// `#RRGGBB` as numbers.
const fn rgb(hex: &str) -> (u8, u8, u8) {
    let hex = hex.as_bytes();
    (
        digit(hex[1]) * 16 + digit(hex[2]),
        digit(hex[3]) * 16 + digit(hex[4]),
        digit(hex[5]) * 16 + digit(hex[6]),
    )
}

macro_rules! palette {
    ($($(#[$doc:meta])* $name:ident, $variable:literal, $light:literal, $dark:literal;)+) => {
        $(
            $(#[$doc])*
            pub(super) const $name: Colour = Colour { light: rgb($light), dark: rgb($dark) };
        )+

        /// The rules that colour charts for a light and a dark page; charts inside a page share them.
        ///
        /// They touch nothing outside `svg.chart`. A page may set the variables itself.
        pub const STYLE: &str = concat!(
            "svg.chart{",
            $("--chart-", $variable, ":", $light, ";",)+
            "font-family:\"DejaVu Sans Condensed\",\"Segoe UI\",Roboto,\"Helvetica Neue\",Arial,",
            "\"Liberation Sans\",sans-serif}\n",
            "@media screen and (prefers-color-scheme:dark){svg.chart{",
            $("--chart-", $variable, ":", $dark, ";",)+
            "}}\n",
            $(
                "svg.chart [fill=\"", $light, "\"]{fill:var(--chart-", $variable, ")}\n",
                "svg.chart [stroke=\"", $light, "\"]{stroke:var(--chart-", $variable, ")}\n",
            )+
        );

        #[cfg(test)]
        const ALL: &[(&str, Colour)] = &[$(($variable, $name),)+];
    };
}

palette! {
    /// Behind everything.
    GROUND, "ground", "#FFFFFF", "#0D1117";
    /// Text, and marks that belong to no side.
    INK, "ink", "#1F2328", "#E6EDF3";
    /// Text that may be passed over.
    MUTED, "muted", "#59636E", "#9DA7B3";
    /// Where the axes' ticks reach through the plot: decoration.
    GRID, "grid", "#E1E4E8", "#2B323B";
    /// The frame of a plot.
    FRAME, "frame", "#818B98", "#6E7681";
    /// The baseline.
    BASELINE, "baseline", "#C45100", "#F0883E";
    /// The candidate.
    CANDIDATE, "candidate", "#00457C", "#A5D6FF";
    /// What is promised.
    PROMISE, "promise", "#007A5A", "#3FCF9F";
    /// The first of three tones that steps take in turn.
    STEP_1, "step-1", "#26405E", "#B6C7DB";
    /// The second.
    STEP_2, "step-2", "#5C6F86", "#8095AD";
    /// The third.
    STEP_3, "step-3", "#40597A", "#9BAFC7";
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The relative luminance of WCAG 2.2.
    fn luminance((r, g, b): (u8, u8, u8)) -> f64 {
        let linear = |channel: u8| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.04045 {
                share / 12.92
            } else {
                ((share + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
    }

    /// The contrast ratio of WCAG 2.2, 1 to 21.
    fn contrast(one: (u8, u8, u8), other: (u8, u8, u8)) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    /// What people with a missing kind of cone see: Viénot, Brettel and Mollon (1999) for protanopia
    /// and deuteranopia, and their projection for tritanopia, on linear RGB.
    fn seen_without(cone: usize, (r, g, b): (u8, u8, u8)) -> [f64; 3] {
        const MATRICES: [[[f64; 3]; 3]; 3] = [
            [
                [0.11238, 0.88762, 0.0],
                [0.11238, 0.88762, 0.0],
                [0.00401, -0.00401, 1.0],
            ],
            [
                [0.29275, 0.70725, 0.0],
                [0.29275, 0.70725, 0.0],
                [-0.02234, 0.02234, 1.0],
            ],
            [
                [1.0, 0.14461, -0.14461],
                [0.0, 0.85924, 0.14076],
                [0.0, 0.85924, 0.14076],
            ],
        ];
        let linear = [r, g, b].map(|channel| (f64::from(channel) / 255.0).powf(2.2));
        MATRICES[cone].map(|row| row.iter().zip(linear).map(|(m, c)| m * c).sum())
    }

    #[test]
    fn text_has_a_contrast_of_4_5_and_marks_have_3_on_both_pages() {
        let on_both = |name: &str, colour: Colour, least: f64| {
            let light = contrast(colour.light, GROUND.light);
            let dark = contrast(colour.dark, GROUND.dark);
            assert!(light >= least && dark >= least, "{name}: {light} {dark}");
        };
        for (name, colour) in ALL {
            match *name {
                "ground" | "grid" => {}
                "frame" => on_both(name, *colour, 3.0),
                _ => on_both(name, *colour, 4.5),
            }
        }
    }

    #[test]
    fn the_sides_differ_in_lightness_and_for_every_eye() {
        for (baseline, candidate) in [
            (BASELINE.light, CANDIDATE.light),
            (BASELINE.dark, CANDIDATE.dark),
        ] {
            assert!(contrast(baseline, candidate) >= 1.6);
            for cone in 0..3 {
                let seen = [baseline, candidate].map(|colour| seen_without(cone, colour));
                let distance: f64 = seen[0]
                    .iter()
                    .zip(seen[1])
                    .map(|(one, other)| (one - other).powi(2))
                    .sum();
                assert!(distance.sqrt() > 0.15, "{cone}: {seen:?}");
            }
        }
    }

    #[test]
    fn a_colour_is_drawn_for_one_purpose_only() {
        for (at, (_, one)) in ALL.iter().enumerate() {
            assert!(ALL[..at].iter().all(|(_, other)| other.light != one.light));
        }
        assert_eq!(rgb("#C45100"), (0xC4, 0x51, 0));
    }

    #[test]
    fn every_rule_stays_inside_a_chart() {
        for rule in STYLE.lines() {
            let selector =
                rule.trim_start_matches("@media screen and (prefers-color-scheme:dark){");
            assert!(selector.starts_with("svg.chart"), "{rule}");
            assert_eq!(rule.matches('{').count(), rule.matches('}').count());
        }
    }
}
