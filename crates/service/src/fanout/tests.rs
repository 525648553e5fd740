//! Who is told, who is cut, and who is let go.

use super::Fanout;

const BEHIND: usize = Fanout::<usize>::BEHIND;

#[test]
fn one_that_reads_nothing_is_cut_and_delays_nobody() {
    let mut fanout = Fanout::new("numbers");
    let (mut idle, mut reader) = (fanout.join(()), fanout.join(()));
    for number in 0..=BEHIND {
        fanout.tell(&number);
        assert_eq!(reader.rx.try_recv(), Ok(number));
    }
    assert_eq!((idle.is_slow(), reader.is_slow(), fanout.prune()), (true, false, 1));
    assert_eq!(std::iter::from_fn(|| idle.rx.try_recv().ok()).count(), BEHIND, "what it had room for is still told");
}

#[test]
fn only_those_who_are_named_hear_and_nobody_after_the_end() {
    let mut fanout = Fanout::new("numbers");
    let (mut one, mut two) = (fanout.join("one"), fanout.join("two"));
    fanout.tell_those(&1, |name| *name == "one");
    fanout.close();
    let mut late = fanout.join("one");
    fanout.tell(&2);
    let heard = [&mut one, &mut two, &mut late].map(|listening| listening.rx.blocking_recv());
    assert_eq!(heard, [Some(1), None, None]);
    assert!(!one.is_slow() && !late.is_slow());
}
