//! Compiles the tests of arguments.
//!
//! Owns: `args` of a step: words, values, patterns, comparisons. Does not own: which argument of which step a name means (`compile`).

use super::{Compiler, texts};
use crate::data::{DataError, Scalar, ScalarOr, Spanned};
use crate::models::path::parse_duration;
use crate::rules::schema::ArgEntry;
use crate::rules::{ArgTest, Comparison, Operand};

impl Compiler<'_> {
    fn add_patterns(&self, entry: &ArgEntry, tests: &mut Vec<ArgTest>) -> Result<(), DataError> {
        let read =
            |pattern: &Option<Spanned<String>>| pattern.as_ref().map(|it| self.file.pattern(it)).transpose();
        tests.extend(read(&entry.matches)?.map(ArgTest::Matches));
        tests.extend(read(&entry.not_matches)?.map(ArgTest::NotMatches));
        tests.extend(read(&entry.matches_settled)?.map(ArgTest::MatchesSettled));
        tests.extend(read(&entry.not_matches_settled)?.map(ArgTest::NotMatchesSettled));
        tests.extend(read(&entry.written)?.map(ArgTest::Written));
        tests.extend(read(&entry.not_written)?.map(ArgTest::NotWritten));
        tests.extend(read(&entry.declared_with)?.map(ArgTest::DeclaredWith));
        Ok(())
    }

    pub(super) fn arg_tests(
        &self,
        at: &Spanned<String>,
        test: &ScalarOr<ArgEntry>,
    ) -> Result<Vec<ArgTest>, DataError> {
        let entry = match test {
            ScalarOr::Scalar(Scalar::Text(word)) => {
                return Ok(vec![match word.as_str() {
                    "missing" => ArgTest::Missing,
                    "given" => ArgTest::Given,
                    "constant" => ArgTest::Constant,
                    "varying" => ArgTest::Varying,
                    "growing" => ArgTest::Growing,
                    "steady" => ArgTest::Steady,
                    "unbounded" => ArgTest::Unbounded,
                    "uniform" => ArgTest::Uniform,
                    "per-item" => ArgTest::PerItem,
                    "fresh" => ArgTest::Fresh,
                    "plain" => ArgTest::Plain,
                    _ => ArgTest::Is(Scalar::Text(word.clone())),
                }]);
            }
            ScalarOr::Scalar(value) => return Ok(vec![ArgTest::Is(value.clone())]),
            ScalarOr::Keyed(entry) => entry,
        };
        let mut tests = Vec::new();
        if let Some(same) = &entry.same_as {
            let (step, arg) = self.argument_of(same, &same.value)?;
            tests.push(ArgTest::SameAs(step, arg));
        }
        if let Some(like) = &entry.like {
            let (step, arg) = self.argument_of(like, &like.value)?;
            tests.push(ArgTest::Like(step, arg));
        }
        self.add_patterns(entry, &mut tests)?;
        if !entry.mentions.0.is_empty() {
            tests.push(ArgTest::Mentions(texts(&entry.mentions)));
        }
        if !entry.made_by.0.is_empty() {
            tests.push(ArgTest::MadeBy(self.roles_of(&entry.made_by)?));
        }
        if !entry.not_made_by.0.is_empty() {
            tests.push(ArgTest::NotMadeBy(self.roles_of(&entry.not_made_by)?));
        }
        if let Some(step) = &entry.made_of {
            tests.push(ArgTest::MadeOf(self.step_named(step, &step.value)?));
        }
        let numbers = [
            (Comparison::AtLeast, &entry.at_least),
            (Comparison::AtMost, &entry.at_most),
            (Comparison::MoreThan, &entry.more_than),
            (Comparison::LessThan, &entry.less_than),
        ];
        for (comparison, operand) in numbers {
            if let Some(operand) = operand {
                tests.push(ArgTest::Number(comparison, self.operand(operand)?));
            }
        }
        if !entry.named.0.is_empty() {
            tests.push(ArgTest::Named(texts(&entry.named)));
        }
        if entry.plain {
            tests.push(ArgTest::Plain);
        }
        if entry.growing {
            tests.push(ArgTest::Growing);
        }
        if entry.fresh {
            tests.push(ArgTest::Fresh);
        }
        tests.extend(entry.beyond.map(ArgTest::Beyond));
        tests.extend(entry.is.clone().map(ArgTest::Is));
        tests.extend(entry.is_not.clone().map(ArgTest::IsNot));
        if tests.is_empty() {
            return Err(self.file.error(at, "the test is empty", "say what must hold of this argument"));
        }
        Ok(tests)
    }

    /// What a number is compared with: a number, a time such as `10s`, or an argument of an earlier step.
    fn operand(&self, at: &Spanned<Scalar>) -> Result<Operand, DataError> {
        match &at.value {
            Scalar::Num(number) => Ok(Operand::Number(*number)),
            Scalar::Text(text) => {
                if let Some(time) = parse_duration(text) {
                    return Ok(Operand::Number(time));
                }
                let at = Spanned { value: text.clone(), referenced: at.referenced, defined: at.defined };
                self.argument_of(&at, text).map(|(step, arg)| Operand::Of(step, arg))
            }
            _ => Err(self.file.error(at, "this is no number", "a number, a time or `step.argument`")),
        }
    }
}
