//! Where in a call an argument is: `2.EX s`, `after PX ms`, `call WithExpiry.0`, `new.0.GroupID`.
//!
//! Owns: the little language of paths and units. Does not own: following a path through a program (`program::values::value`).

/// Where an argument is, and the unit a plain number there counts in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// Where to start.
    pub root: Root,
    /// Properties (or positions in an array) to go down.
    pub steps: Vec<String>,
    /// The unit of a plain number.
    pub unit: Option<Unit>,
}

/// Where a path starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Root {
    /// A positional argument.
    Argument(usize),
    /// The last argument.
    Last,
    /// Every argument from this one on.
    From(usize),
    /// The argument after this literal.
    After(String),
    /// An option call (`WithExpiry(…)`) among the arguments, or one of its arguments.
    Option(String, Option<usize>),
    /// What the method is called on.
    Receiver,
    /// An argument of the call that constructed the receiver.
    Construction(usize),
    /// The same of an option call of the construction.
    ConstructionOption(String, Option<usize>),
    /// A field assigned to the result in the same function.
    Assigned(String),
}

/// A unit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is its name")]
pub enum Unit {
    Nanoseconds,
    Microseconds,
    Milliseconds,
    Seconds,
    Minutes,
    Hours,
}

impl Unit {
    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "ns" => Self::Nanoseconds,
            "us" => Self::Microseconds,
            "ms" => Self::Milliseconds,
            "s" => Self::Seconds,
            "min" | "m" => Self::Minutes,
            "h" => Self::Hours,
            _ => return None,
        })
    }

    /// How many nanoseconds one is.
    pub const fn nanoseconds(self) -> f64 {
        match self {
            Self::Nanoseconds => 1.0,
            Self::Microseconds => 1e3,
            Self::Milliseconds => 1e6,
            Self::Seconds => 1e9,
            Self::Minutes => 6e10,
            Self::Hours => 3.6e12,
        }
    }
}

/// A duration written as `500ms` or `1.5s`, in nanoseconds.
pub fn parse_duration(text: &str) -> Option<f64> {
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let number: f64 = text[..digits].parse().ok()?;
    Some(number * Unit::parse(text[digits..].trim())?.nanoseconds())
}

impl Path {
    /// Whether it leads into the call that constructed the receiver.
    pub const fn is_construction(&self) -> bool {
        matches!(self.root, Root::Construction(_) | Root::ConstructionOption(..))
    }

    /// Reads a path.
    ///
    /// # Errors
    /// What is wrong with it, in a few words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (text, unit) = match text.rsplit_once(' ') {
            Some((head, tail)) if Unit::parse(tail).is_some() => (head, Unit::parse(tail)),
            _ => (text, None),
        };
        let text = text.trim();
        check_words(text)?;
        if let Some(token) = text.strip_prefix("after ") {
            return Ok(Self { root: Root::After(token.trim().to_owned()), steps: Vec::new(), unit });
        }
        if let Some(name) = text.strip_prefix("assigned ") {
            return Ok(Self { root: Root::Assigned(name.trim().to_owned()), steps: Vec::new(), unit });
        }
        if let Some(option) = text.strip_prefix("call ").or_else(|| text.strip_prefix("new.call ")) {
            let mut parts = option.trim().split('.');
            let name = parts.next().unwrap_or_default().to_owned();
            let index = parts
                .next()
                .map(str::parse)
                .transpose()
                .map_err(|_| "`call NAME.N`: N is not a number".to_owned())?;
            let root = if text.starts_with("new") {
                Root::ConstructionOption(name, index)
            } else {
                Root::Option(name, index)
            };
            return Ok(Self { root, steps: parts.map(str::to_owned).collect(), unit });
        }
        if let Some(from) = text.strip_suffix("..") {
            let from = from.parse().map_err(|_| format!("`{text}` does not start with a position"))?;
            return Ok(Self { root: Root::From(from), steps: Vec::new(), unit });
        }
        let pieces = split(text);
        let mut parts = pieces.iter().map(String::as_str);
        let root = match parts.next().unwrap_or_default() {
            "on" => Root::Receiver,
            "last" => Root::Last,
            "new" => {
                let index = parts.next().and_then(|index| index.parse().ok());
                Root::Construction(index.ok_or("`new` is followed by a position, as in `new.0`")?)
            }
            position => Root::Argument(position.parse().map_err(|_| {
                format!("`{position}` is no place: use a position, `on`, `last`, `new.N`, `after WORD` or `call NAME.N`")
            })?),
        };
        let steps: Vec<String> = parts.map(str::to_owned).collect();
        check_steps(&steps)?;
        Ok(Self { root, steps, unit })
    }
}

/// No part of a path is empty, and only a unit follows it.
fn check_words(text: &str) -> Result<(), String> {
    let path = ["after ", "assigned ", "call ", "new.call "]
        .iter()
        .find_map(|start| text.strip_prefix(start))
        .unwrap_or(text)
        .trim();
    let mut unquoted = path.split('\'').step_by(2);
    if let Some((_, rest)) = unquoted.find_map(|part| part.split_once(' ')) {
        return Err(format!("`{rest}` is no unit: use `ns`, `us`, `ms`, `s`, `min` or `h`"));
    }
    let parts = path.strip_suffix("..").unwrap_or(path);
    if split(parts).iter().any(String::is_empty) {
        return Err(format!("a part of `{text}` is empty"));
    }
    Ok(())
}

/// What leads into another call says where in it.
fn check_steps(steps: &[String]) -> Result<(), String> {
    for (at, step) in steps.iter().enumerate() {
        let next = steps.get(at + 1);
        match step.as_str() {
            "new" if next.is_none_or(|position| position.parse::<usize>().is_err()) => {
                return Err("`new` is followed by a position, as in `0.new.0`".to_owned());
            }
            "chained" if next.is_none() => {
                return Err("`chained` is followed by the name of a call, as in `1.chained.Key.0`".to_owned());
            }
            _ => {}
        }
    }
    Ok(())
}

/// Splits at dots outside quotes: `new.0.'enable.auto.commit'`.
fn split(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quoted = false;
    for c in text.chars() {
        match c {
            '\'' => quoted = !quoted,
            '.' if !quoted => parts.push(String::new()),
            _ => {
                if let Some(last) = parts.last_mut() {
                    last.push(c);
                }
            }
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_form() {
        let path = |text: &str| Path::parse(text).unwrap();
        assert_eq!(path("2.EX s").root, Root::Argument(2));
        assert_eq!(path("2.EX s").unit, Some(Unit::Seconds));
        assert_eq!(path("2.expiration.value").steps, ["expiration", "value"]);
        assert_eq!(path("after PX ms").root, Root::After("PX".into()));
        assert_eq!(path("call WithExpiry.0").root, Root::Option("WithExpiry".into(), Some(0)));
        assert_eq!(path("new.0.GroupID").root, Root::Construction(0));
        assert_eq!(path("0..").root, Root::From(0));
        assert_eq!(path("1.chained.Key.0").steps, ["chained", "Key", "0"]);
        assert!(Path::parse("frist").unwrap_err().contains("no place"));
        assert!(Path::parse("1.chained").unwrap_err().contains("the name of a call"));
        assert!(Path::parse("0.new.Key").unwrap_err().contains("a position"));
    }

    #[test]
    fn reads_durations() {
        assert_eq!(parse_duration("500ms"), Some(5e8));
        assert_eq!(parse_duration("1.5s"), Some(1.5e9));
        assert_eq!(parse_duration("soon"), None);
    }
}
