//! What of a text is settled in the code, whatever somebody configures.
//!
//! Owns: leaving out what only stands in for something that is read from outside. Does not own: constants (`constant`), where such a
//! default is the value.

use crate::facts::{BinaryOp, ExprId, ExprKind};
use crate::program::View;
use crate::program::values::value::Const;

/// How many names a text is followed through.
const MAX_HOPS: u32 = 8;

/// Of how many expressions a text is put together at most.
const MAX_PARTS: u32 = 256;

impl View<'_> {
    /// The constant text of a value, what varies as spaces: so is what may be configured and has a default here,
    /// `process.env.ORDERS_HOST || 'localhost'`.
    pub fn settled_text(&self, expr: ExprId) -> String {
        let mut text = String::new();
        self.add_settled(expr, &mut text, MAX_HOPS, &mut { MAX_PARTS });
        text
    }

    fn add_settled(&self, expr: ExprId, text: &mut String, hops: u32, parts_left: &mut u32) {
        let Some(hops) = hops.checked_sub(1) else { return text.push(' ') };
        let Some(fewer) = parts_left.checked_sub(1) else { return };
        *parts_left = fewer;
        match self.facts.expr(expr).kind {
            ExprKind::Template(parts) => {
                for part in self.facts.list(parts) {
                    self.add_settled(*part, text, hops, parts_left);
                }
            }
            ExprKind::Binary { op: BinaryOp::Add, left, right } => {
                self.add_settled(left, text, hops, parts_left);
                self.add_settled(right, text, hops, parts_left);
            }
            ExprKind::Binary { op: BinaryOp::Or | BinaryOp::Coalesce, left, .. } => {
                match self.constant(left) {
                    Some(_) => self.add_settled(left, text, hops, parts_left),
                    None => text.push(' '),
                }
            }
            ExprKind::Await(inner) | ExprKind::Cast { value: inner, .. } => {
                self.add_settled(inner, text, hops, parts_left);
            }
            ExprKind::Name { .. } | ExprKind::Member { .. } => match self.single_value(expr) {
                Some(value) if value != expr => self.add_settled(value, text, hops, parts_left),
                _ => self.add_constant(expr, text),
            },
            _ => self.add_constant(expr, text),
        }
    }

    fn add_constant(&self, expr: ExprId, text: &mut String) {
        match self.constant(expr) {
            Some(Const::Text(constant)) => text.push_str(&constant),
            Some(Const::Num(number)) => text.push_str(&number.to_string()),
            _ => text.push_str(&self.shape(expr).text()),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::program::View;
    use crate::program::samples::linked;

    fn settled(text: &str) -> String {
        let text = format!("{text}\nfetch(url)\n");
        linked(&[("a.ts", &text)], |program| {
            let view = View::of(program, 0);
            let calls = view.calls().iter();
            let last = calls.copied().find(|call| view.text_of(*call) == "fetch(url)");
            last.map_or(String::new(), |call| view.settled_text(view.args(call)[0]))
        })
    }

    #[test]
    fn a_default_of_what_is_configured_is_left_out() {
        assert_eq!(settled("const url = 'http://localhost:' + 80"), "http://localhost:80");
        assert_eq!(settled("const url = process.env.URL || 'http://localhost'"), " ");
        assert_eq!(
            settled("const host = process.env.HOST ?? 'localhost'\nconst url = `http://${host}:80`"),
            "http:// :80"
        );
        assert_eq!(
            settled("const port = process.env.PORT || 80\nconst url = `http://localhost:${port}`"),
            "http://localhost: "
        );
        assert_eq!(
            settled(
                "const config = { orders: { url: `http://${process.env.A || 'localhost'}` } }\nconst url = `${config.orders.url}/x`"
            ),
            "http:// /x"
        );
    }
}
