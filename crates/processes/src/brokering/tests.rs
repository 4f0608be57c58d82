//! What a service answers. How a message gets there is tried with the index.

use super::actions::Reply;

#[test]
fn what_a_service_answers_is_kept_in_words_of_its_own() {
    for reply in Reply::ALL {
        assert_eq!(reply.as_str().parse(), Ok(*reply));
    }
    assert_eq!("named".parse::<Reply>(), Err(()));
}
