//! Which headers say that an answer came from a cache: a cached answer is no measurement.

/// Whether a `name: value` header says that the answer was not made for this request.
#[must_use]
pub fn is_cache_hit(header: &str) -> bool {
    let Some((name, value)) = header.split_once(':') else {
        return false;
    };
    let value = value.trim().to_ascii_lowercase();
    let any_of = |hits: &[&str]| value.split(',').any(|one| hits.contains(&one.trim()));
    match name.trim().to_ascii_lowercase().as_str() {
        "age" => value.parse::<f64>().is_ok_and(|seconds| seconds >= 1.0),
        // One word for each cache on the way; any of them may have answered.
        "x-cache" => value
            .split(',')
            .any(|one| one.contains("hit") && !one.contains("miss")),
        "cf-cache-status" => any_of(&["hit", "stale", "updating", "revalidated"]),
        "x-vercel-cache" => any_of(&["hit", "stale", "prerender", "revalidated"]),
        "x-nextjs-cache" => any_of(&["hit", "stale"]),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_that_names_a_hit_is_one() {
        for header in [
            "Age: 1",
            "age: 86400",
            "X-Cache: Hit from cloudfront",
            "x-cache: RefreshHit from cloudfront",
            "x-cache: MISS, HIT",
            "x-cache: TCP_HIT",
            "CF-Cache-Status: HIT",
            "cf-cache-status: REVALIDATED",
            "cf-cache-status: Updating",
            "x-vercel-cache: PRERENDER",
            "x-vercel-cache: STALE",
            "x-nextjs-cache: HIT",
            "X-Nextjs-Cache:stale",
        ] {
            assert!(is_cache_hit(header), "{header}");
        }
    }

    #[test]
    fn a_header_that_names_none_is_none() {
        for header in [
            "Age: 0",
            "age: soon",
            "X-Cache: Miss from cloudfront",
            "x-cache: MISS",
            "x-cache: MISS_HITTABLE",
            "cf-cache-status: DYNAMIC",
            "cf-cache-status: BYPASS",
            "x-vercel-cache: MISS",
            "x-nextjs-cache: MISS",
            "cache-control: max-age=60",
            "nonsense",
            "",
        ] {
            assert!(!is_cache_hit(header), "{header}");
        }
    }
}
