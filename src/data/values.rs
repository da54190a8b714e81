//! What stands in our YAML: values with their places, plain values, lists and mappings.
//!
//! Owns: how they are read, and how a JSON schema tells of them. Does not own: what they mean.

use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};

/// A value with its place.
#[derive(Clone, Debug)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it is used.
    pub referenced: serde_yaml::Location,
    /// Where it is written: elsewhere only for what an alias stands for.
    pub defined: serde_yaml::Location,
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Spanned<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // What is packed has no places.
        if !deserializer.is_human_readable() {
            let unknown = serde_yaml::Location::UNKNOWN;
            let value = T::deserialize(deserializer)?;
            return Ok(Self { value, referenced: unknown, defined: unknown });
        }
        let serde_yaml::Spanned { value, referenced, defined } =
            serde_yaml::Spanned::deserialize(deserializer)?;
        Ok(Self { value, referenced, defined })
    }
}

/// A plain value.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each is its name")]
pub enum Scalar {
    Null,
    Bool(bool),
    Num(f64),
    Text(String),
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Num(value) => write!(f, "{value}"),
            Self::Text(value) => f.write_str(value),
        }
    }
}

macro_rules! scalar_visits {
    ($wrap:expr) => {
        fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
            Ok($wrap(Scalar::Null))
        }
        fn visit_none<E: de::Error>(self) -> Result<Self::Value, E> {
            Ok($wrap(Scalar::Null))
        }
        fn visit_bool<E: de::Error>(self, value: bool) -> Result<Self::Value, E> {
            Ok($wrap(Scalar::Bool(value)))
        }
        #[expect(clippy::cast_precision_loss, reason = "rules hold small numbers")]
        fn visit_i64<E: de::Error>(self, value: i64) -> Result<Self::Value, E> {
            Ok($wrap(Scalar::Num(value as f64)))
        }
        #[expect(clippy::cast_precision_loss, reason = "rules hold small numbers")]
        fn visit_u64<E: de::Error>(self, value: u64) -> Result<Self::Value, E> {
            Ok($wrap(Scalar::Num(value as f64)))
        }
        fn visit_f64<E: de::Error>(self, value: f64) -> Result<Self::Value, E> {
            Ok($wrap(Scalar::Num(value)))
        }
        fn visit_str<E: de::Error>(self, value: &str) -> Result<Self::Value, E> {
            Ok($wrap(Scalar::Text(value.to_owned())))
        }
    };
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct One;
        impl Visitor<'_> for One {
            type Value = Scalar;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a plain value")
            }
            scalar_visits!(std::convert::identity);
        }
        deserializer.deserialize_any(One)
    }
}

/// One plain value or a list of them, each with its place.
#[derive(Debug, Clone, Default)]
pub struct Several(pub Vec<Spanned<Scalar>>);

impl Several {
    /// The values as text.
    pub fn texts(&self) -> impl Iterator<Item = Spanned<String>> + '_ {
        self.0.iter().map(|item| Spanned {
            value: item.value.to_string(),
            referenced: item.referenced,
            defined: item.defined,
        })
    }
}

impl<'de> Deserialize<'de> for Several {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Spanned { value, referenced, defined } = Spanned::<OneOrMany>::deserialize(deserializer)?;
        Ok(match value {
            OneOrMany::One(value) => Self(vec![Spanned { value, referenced, defined }]),
            OneOrMany::Many(items) => Self(items),
        })
    }
}

enum OneOrMany {
    One(Scalar),
    Many(Vec<Spanned<Scalar>>),
}

impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = OneOrMany;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a plain value or a list of them")
            }
            scalar_visits!(OneOrMany::One);
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
                let mut found = Vec::new();
                while let Some(item) = items.next_element()? {
                    found.push(item);
                }
                Ok(OneOrMany::Many(found))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

/// A mapping in the order it is written, each key with its place.
#[derive(Debug, Clone)]
pub struct Pairs<V>(pub Vec<(Spanned<String>, V)>);

impl<V> Default for Pairs<V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Pairs<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<V>(std::marker::PhantomData<V>);
        impl<'de, V: Deserialize<'de>> Visitor<'de> for Entries<V> {
            type Value = Pairs<V>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a mapping")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut found = Vec::new();
                while let Some(key) = map.next_key::<Spanned<String>>()? {
                    found.push((key, map.next_value()?));
                }
                Ok(Pairs(found))
            }
        }
        deserializer.deserialize_map(Entries(std::marker::PhantomData))
    }
}

/// A plain value, or one of a few keyed tests.
#[derive(Debug, Clone)]
pub enum ScalarOr<T> {
    /// A plain value.
    Scalar(Scalar),
    /// Something keyed.
    Keyed(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for ScalarOr<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Either<T> {
            type Value = ScalarOr<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a plain value or a mapping")
            }
            scalar_visits!(ScalarOr::Scalar);
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(de::value::MapAccessDeserializer::new(map)).map(ScalarOr::Keyed)
            }
        }
        deserializer.deserialize_any(Either(std::marker::PhantomData))
    }
}

/// How a schema tells of them; made in tests, where the files in `schema/` are compared.
#[cfg(test)]
pub(super) mod schemas {
    use std::borrow::Cow;
    use std::path::Path;

    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

    use super::{Pairs, Scalar, ScalarOr, Several, Spanned};

    /// Compares a file in `schema/` with what the types say, or writes it when blessing.
    pub(crate) fn hold<T: JsonSchema>(name: &str, title: &str, description: &str) {
        let mut schema = SchemaGenerator::default().into_root_schema_for::<T>();
        schema.insert("title".to_owned(), title.into());
        schema.insert("description".to_owned(), description.into());
        let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("schema/{name}.schema.json"));
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(path, text).unwrap();
        } else {
            let kept = std::fs::read_to_string(path).unwrap_or_default();
            assert!(kept == text, "schema/{name}.schema.json is not what `cargo bless` writes");
        }
    }

    impl<T: JsonSchema> JsonSchema for Spanned<T> {
        fn inline_schema() -> bool {
            T::inline_schema()
        }
        fn schema_name() -> Cow<'static, str> {
            T::schema_name()
        }
        fn schema_id() -> Cow<'static, str> {
            T::schema_id()
        }
        fn json_schema(generator: &mut SchemaGenerator) -> Schema {
            T::json_schema(generator)
        }
    }

    impl JsonSchema for Scalar {
        fn inline_schema() -> bool {
            true
        }
        fn schema_name() -> Cow<'static, str> {
            "Scalar".into()
        }
        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({ "type": ["string", "number", "boolean", "null"] })
        }
    }

    impl JsonSchema for Several {
        fn schema_name() -> Cow<'static, str> {
            "Several".into()
        }
        fn json_schema(generator: &mut SchemaGenerator) -> Schema {
            let one = generator.subschema_for::<Scalar>();
            json_schema!({ "description": "One or a list of them.", "anyOf": [one, { "type": "array", "items": one }] })
        }
    }

    impl<V: JsonSchema> JsonSchema for Pairs<V> {
        fn inline_schema() -> bool {
            true
        }
        fn schema_name() -> Cow<'static, str> {
            format!("MapOf{}", V::schema_name()).into()
        }
        fn json_schema(generator: &mut SchemaGenerator) -> Schema {
            let value = generator.subschema_for::<V>();
            json_schema!({ "type": "object", "additionalProperties": value })
        }
    }

    impl<T: JsonSchema> JsonSchema for ScalarOr<T> {
        fn inline_schema() -> bool {
            true
        }
        fn schema_name() -> Cow<'static, str> {
            format!("ScalarOr{}", T::schema_name()).into()
        }
        fn json_schema(generator: &mut SchemaGenerator) -> Schema {
            let plain = generator.subschema_for::<Scalar>();
            let keyed = generator.subschema_for::<T>();
            json_schema!({ "anyOf": [plain, keyed] })
        }
    }
}
