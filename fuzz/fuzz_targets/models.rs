#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| faultlint_fuzz::hold("models", bytes));
