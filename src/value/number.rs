//! In: numbers as texts, integers and floats. Out: exact decimal arithmetic, and the text both languages print.
//! Never: rounds what can be held exactly.

use std::str::FromStr;

use bigdecimal::{BigDecimal, RoundingMode};
use num_traits::{Signed, ToPrimitive, Zero};

/// A number of any size and precision. Terraform computes with 512 bits; integers of Bicep fit as well.
#[derive(Clone, Debug)]
pub enum Number {
    /// A whole number that fits a machine word.
    Whole(i64),
    /// Anything else.
    Decimal(Box<BigDecimal>),
}

/// The digits kept of a quotient: 512 bits, as Terraform's numbers have
/// (<https://developer.hashicorp.com/terraform/language/expressions/types#numbers>).
const DIGITS: u64 = 154;

impl Number {
    /// The number that a decimal text spells, exponents included; `None` for anything else.
    pub fn parse(text: &str) -> Option<Number> {
        if let Ok(whole) = text.parse::<i64>() {
            return Some(Number::Whole(whole));
        }
        // An exponent of many digits would be worked out digit by digit.
        if let Some((_, exponent)) = text.split_once(['e', 'E'])
            && exponent.trim_start_matches(['+', '-']).len() > 5
        {
            return None;
        }
        BigDecimal::from_str(text).ok().map(Number::from)
    }

    /// The nearest number to a float; `None` for infinities and what is no number.
    pub fn of_f64(value: f64) -> Option<Number> {
        if !value.is_finite() {
            return None;
        }
        Number::parse(&format!("{value}"))
    }

    /// The exact decimal.
    pub fn decimal(&self) -> BigDecimal {
        match self {
            Number::Whole(value) => BigDecimal::from(*value),
            Number::Decimal(value) => (**value).clone(),
        }
    }

    /// The nearest float.
    pub fn to_f64(&self) -> f64 {
        match self {
            Number::Whole(value) => *value as f64,
            Number::Decimal(value) => value.to_f64().unwrap_or(f64::INFINITY),
        }
    }

    /// The whole number, if it is one that fits a machine word.
    pub fn to_i64(&self) -> Option<i64> {
        match self {
            Number::Whole(value) => Some(*value),
            Number::Decimal(_) => None,
        }
    }

    /// The whole number, if it is one that is not negative and fits.
    pub fn to_usize(&self) -> Option<usize> {
        self.to_i64().and_then(|value| usize::try_from(value).ok())
    }

    /// It has no fraction.
    pub fn is_whole(&self) -> bool {
        match self {
            Number::Whole(_) => true,
            Number::Decimal(value) => value.is_integer(),
        }
    }

    /// It is below zero.
    pub fn is_negative(&self) -> bool {
        match self {
            Number::Whole(value) => *value < 0,
            Number::Decimal(value) => value.is_negative(),
        }
    }

    /// The sum.
    pub fn plus(&self, other: &Number) -> Number {
        match (self, other) {
            (Number::Whole(a), Number::Whole(b)) if a.checked_add(*b).is_some() => Number::Whole(a + b),
            _ => (self.decimal() + other.decimal()).into(),
        }
    }

    /// The difference.
    pub fn minus(&self, other: &Number) -> Number {
        match (self, other) {
            (Number::Whole(a), Number::Whole(b)) if a.checked_sub(*b).is_some() => Number::Whole(a - b),
            _ => (self.decimal() - other.decimal()).into(),
        }
    }

    /// The product.
    pub fn times(&self, other: &Number) -> Number {
        match (self, other) {
            (Number::Whole(a), Number::Whole(b)) if a.checked_mul(*b).is_some() => Number::Whole(a * b),
            _ => (self.decimal() * other.decimal()).with_prec(DIGITS).into(),
        }
    }

    /// The quotient to 154 digits; `None` when dividing by zero.
    pub fn over(&self, other: &Number) -> Option<Number> {
        let by = other.decimal();
        (!by.is_zero()).then(|| (self.decimal() / by).with_prec(DIGITS).into())
    }

    /// The remainder with the sign of the dividend; `None` when dividing by zero.
    pub fn modulo(&self, other: &Number) -> Option<Number> {
        match (self, other) {
            (Number::Whole(a), Number::Whole(b)) => a.checked_rem(*b).map(Number::Whole),
            _ => {
                let by = other.decimal();
                (!by.is_zero()).then(|| (self.decimal() % by).into())
            }
        }
    }

    /// The number with the other sign.
    pub fn negated(&self) -> Number {
        Number::Whole(0).minus(self)
    }

    /// The nearest whole number above (`up`) or below.
    pub fn rounded(&self, up: bool) -> Number {
        let mode = if up { RoundingMode::Ceiling } else { RoundingMode::Floor };
        self.decimal().with_scale_round(0, mode).into()
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Number {
        Number::Whole(value)
    }
}

impl From<usize> for Number {
    fn from(value: usize) -> Number {
        i64::try_from(value).map_or_else(|_| BigDecimal::from(value as u64).into(), Number::Whole)
    }
}

impl From<BigDecimal> for Number {
    /// A whole decimal that fits a machine word becomes one, so that equal numbers look equal.
    fn from(value: BigDecimal) -> Number {
        if value.is_integer()
            && let Some(whole) = value.to_i64()
        {
            return Number::Whole(whole);
        }
        Number::Decimal(Box::new(value))
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Number) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Number) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Number) -> std::cmp::Ordering {
        match (self, other) {
            (Number::Whole(a), Number::Whole(b)) => a.cmp(b),
            _ => self.decimal().cmp(&other.decimal()),
        }
    }
}

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Number::Whole(value) => value.fmt(f),
            Number::Decimal(value) => f.write_str(&value.normalized().to_plain_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact() {
        let tenth = Number::parse("0.1").expect("a number");
        let fifth = Number::parse("0.2").expect("a number");
        assert_eq!(tenth.plus(&fifth).to_string(), "0.3");
        assert_eq!(Number::parse("1e3"), Some(Number::Whole(1000)));
        assert_eq!(Number::Whole(i64::MAX).plus(&Number::Whole(1)).to_string(), "9223372036854775808");
        assert_eq!(Number::Whole(7).over(&Number::Whole(2)).map(|n| n.to_string()).as_deref(), Some("3.5"));
        assert_eq!(Number::Whole(1).over(&Number::Whole(0)), None);
        assert_eq!(Number::parse("1e999999999"), None);
    }
}
