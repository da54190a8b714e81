//! What a thing is, by what it is called.
//!
//! Owns: telling that `this.orderRepository`, `prisma.orders`, `&model.Order{…}` and `newOrder` are about an order. Does not own:
//! what any of them is.

use crate::facts::words::{is_form_of, words};
use crate::models::vocabulary::List;

/// Whether source text names one of these things: the last word of the last name in it, how it is kept aside, in singular or
/// plural.
pub(super) fn is_named_after(kept_as: &List, text: &str, things: &[String]) -> bool {
    let end = text.find(['{', '(', '[', '<']).unwrap_or(text.len());
    let name = text[..end].trim_end_matches(|c: char| !c.is_alphanumeric());
    let start = name.rfind(|c: char| !c.is_alphanumeric() && c != '_' && c != '-').map_or(0, |at| at + 1);
    let Some(name) = name.get(start..) else { return false };
    let words = words(name);
    let thing = words.iter().rev().find(|word| !kept_as.has(word));
    thing.is_some_and(|word| things.iter().any(|thing| is_form_of(word, thing)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_things_by_their_names() {
        let kept_as = crate::rules::builtin::vocabulary().unwrap().records.kept_as;
        let orders = vec!["order".to_owned()];
        for text in [
            "prisma.order",
            "this.ordersRepository",
            "&model.Order{ID: 1}",
            "newOrder",
            "orders",
            "'orders'",
            "ORDER_TABLE",
            "Order",
        ] {
            assert!(is_named_after(&kept_as, text, &orders), "{text}");
        }
        for text in ["orderItem", "prisma.border", "order.id", "getOrders(user)", ""] {
            assert_eq!(is_named_after(&kept_as, text, &orders), text.starts_with("getOrders"), "{text}");
        }
    }
}
