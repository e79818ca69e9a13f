//! In: points in time and durations as texts. Out: the same, moved, compared and written another way.
//! Never: asks a clock.

use chrono::{DateTime, Datelike, FixedOffset, TimeDelta, Timelike};

/// A point in time with its offset from UTC.
pub type Moment = DateTime<FixedOffset>;

/// The moment that an RFC 3339 text such as `2020-01-31T12:00:00+01:00` spells, as Terraform reads it.
pub fn parse(text: &str) -> Result<Moment, String> {
    let refusal = || format!("{text:?} is no RFC 3339 timestamp");
    if text.as_bytes().get(10) != Some(&b'T') || text.contains(['z', 't']) {
        return Err(refusal());
    }
    DateTime::parse_from_rfc3339(text).map_err(|_| refusal())
}

/// The moment in RFC 3339, without fractions of seconds.
pub fn write(moment: &Moment) -> String {
    let date = format!("{:04}-{:02}-{:02}", moment.year(), moment.month(), moment.day());
    let time = format!("{:02}:{:02}:{:02}", moment.hour(), moment.minute(), moment.second());
    format!("{date}T{time}{}", offset(moment, ":", "Z"))
}

/// The moment this many seconds after 1970 in UTC.
pub fn of_epoch(seconds: i64) -> Option<Moment> {
    DateTime::from_timestamp(seconds, 0).map(|moment| moment.fixed_offset())
}

/// The moment after a duration in Go's words, such as `1h30m` or `-1.5s`.
pub fn add(moment: &Moment, duration: &str) -> Result<Moment, String> {
    let delta = go_duration(duration).ok_or_else(|| format!("{duration:?} is no duration such as \"1h30m\""))?;
    moment.checked_add_signed(delta).ok_or_else(|| "the result lies beyond all calendars".to_string())
}

fn go_duration(text: &str) -> Option<TimeDelta> {
    let (sign, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(TimeDelta::zero());
    }
    if rest.is_empty() {
        return None;
    }
    let mut nanoseconds = 0.0_f64;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let amount: f64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let letters = rest.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(rest.len());
        nanoseconds += amount
            * match &rest[..letters] {
                "ns" => 1.0,
                "us" | "µs" | "μs" => 1e3,
                "ms" => 1e6,
                "s" => 1e9,
                "m" => 60e9,
                "h" => 3600e9,
                _ => return None,
            };
        rest = &rest[letters..];
    }
    // Go's durations end at 292 years.
    (nanoseconds < 9.2e18).then(|| TimeDelta::nanoseconds((sign * nanoseconds) as i64))
}

/// The moment in Terraform's format words (<https://developer.hashicorp.com/terraform/language/functions/formatdate>).
pub fn format(moment: &Moment, words: &str) -> Result<String, String> {
    let mut text = String::new();
    let mut rest = words;
    while let Some(first) = rest.chars().next() {
        if first == '\'' {
            rest = quoted(&rest[1..], &mut text)?;
            continue;
        }
        let end = rest.find(|c| c != first).unwrap_or(rest.len());
        let (word, tail) = rest.split_at(end);
        rest = tail;
        if first.is_ascii_alphabetic() {
            text.push_str(&spell(moment, word).ok_or_else(|| format!("{word:?} is no part of a date format"))?);
        } else {
            text.push_str(word);
        }
    }
    Ok(text)
}

fn quoted<'a>(mut rest: &'a str, text: &mut String) -> Result<&'a str, String> {
    loop {
        let end = rest.find('\'').ok_or("a quote in the date format is not closed")?;
        text.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix('\'') {
            Some(tail) => {
                text.push('\'');
                rest = tail;
            }
            None => return Ok(rest),
        }
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

fn spell(moment: &Moment, word: &str) -> Option<String> {
    let month = MONTHS[moment.month0() as usize];
    let day = DAYS[moment.weekday().num_days_from_sunday() as usize];
    let (afternoon, hour) = moment.hour12();
    Some(match word {
        "YYYY" => format!("{:04}", moment.year()),
        "YY" => format!("{:02}", moment.year() % 100),
        "MMMM" => month.to_string(),
        "MMM" => month[..3].to_string(),
        "MM" => format!("{:02}", moment.month()),
        "M" => moment.month().to_string(),
        "DD" => format!("{:02}", moment.day()),
        "D" => moment.day().to_string(),
        "EEEE" => day.to_string(),
        "EEE" => day[..3].to_string(),
        "hh" => format!("{:02}", moment.hour()),
        "h" => moment.hour().to_string(),
        "HH" => format!("{hour:02}"),
        "H" => hour.to_string(),
        "AA" => if afternoon { "PM" } else { "AM" }.to_string(),
        "aa" => if afternoon { "pm" } else { "am" }.to_string(),
        "mm" => format!("{:02}", moment.minute()),
        "m" => moment.minute().to_string(),
        "ss" => format!("{:02}", moment.second()),
        "s" => moment.second().to_string(),
        "ZZZZZ" => offset(moment, ":", "+00:00"),
        "ZZZZ" => offset(moment, "", "+0000"),
        "ZZZ" => offset(moment, "", "UTC"),
        "Z" => offset(moment, ":", "Z"),
        _ => return None,
    })
}

fn offset(moment: &Moment, separator: &str, utc: &str) -> String {
    let minutes = moment.offset().local_minus_utc() / 60;
    if minutes == 0 {
        return utc.to_string();
    }
    let sign = if minutes < 0 { '-' } else { '+' };
    format!("{sign}{:02}{separator}{:02}", minutes.abs() / 60, minutes.abs() % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_in_terraforms_words() {
        let moment = parse("2018-01-02T23:12:01-08:00").expect("a moment");
        let format = |words| format(&moment, words).ok();
        assert_eq!(format("DD MMM YYYY hh:mm ZZZ").as_deref(), Some("02 Jan 2018 23:12 -0800"));
        assert_eq!(format("EEEE, DD-MMM-YY hh:mm:ss ZZZ").as_deref(), Some("Tuesday, 02-Jan-18 23:12:01 -0800"));
        assert_eq!(format("h'h'mm'''' Haa Z").as_deref(), Some("23h12' 11pm -08:00"));
        assert_eq!(format("YYYYY"), None);
        assert_eq!(format("'"), None);
    }

    #[test]
    fn durations_are_gos() {
        let moment = parse("2017-11-22T00:00:00Z").expect("a moment");
        let add = |duration| add(&moment, duration).ok().map(|moment| write(&moment));
        assert_eq!(add("10m1s").as_deref(), Some("2017-11-22T00:10:01Z"));
        assert_eq!(add("-1h").as_deref(), Some("2017-11-21T23:00:00Z"));
        assert_eq!(add("1.5h").as_deref(), Some("2017-11-22T01:30:00Z"));
        assert_eq!(add("1d"), None);
    }
}
