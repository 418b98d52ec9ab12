//! The promises of the traits, checked for every implementation of this crate.

use std::collections::{BTreeSet, HashSet};
use std::fmt::Debug;
use std::rc::Rc;
use std::sync::Arc;

use weakref_traits::{ById, RefId, StrongRef, WeakRef};

fn keeps_its_promises<S: StrongRef + Clone>(make: impl Fn() -> S) {
    let one = make();
    let other = make();
    assert!(one.ptr_eq(&one.clone()));
    assert!(!one.ptr_eq(&other));
    assert_eq!(one.id(), one.clone().id());
    assert_ne!(one.id(), other.id());
    assert_eq!(one.strong_count(), 1);

    let weak = one.downgrade();
    assert_eq!(weak.id(), one.id());
    assert!(weak.refers_to(&one));
    assert!(!weak.refers_to(&other));
    assert!(weak.ptr_eq(&one.downgrade()));
    assert!(!weak.ptr_eq(&other.downgrade()));
    assert!(!weak.is_expired());
    assert!(weak.upgrade().is_some_and(|strong| strong.ptr_eq(&one)));

    let second = one.clone();
    assert_eq!((one.strong_count(), weak.strong_count()), (2, 2));
    let id = one.id();
    drop(one);
    assert!(!weak.is_expired());
    drop(second);
    assert!(weak.is_expired());
    assert!(weak.upgrade().is_none());
    assert_eq!(weak.strong_count(), 0);
    assert_eq!(weak.id(), id, "the identity outlives the value");
}

#[test]
fn sized() {
    keeps_its_promises(|| Rc::new(1_u64));
    keeps_its_promises(|| Arc::new(1_u64));
}

#[test]
fn zero_sized() {
    keeps_its_promises(|| Rc::new(()));
    keeps_its_promises(|| Arc::new(()));
}

#[test]
fn slices_and_text() {
    keeps_its_promises(|| Rc::<[u8]>::from([]));
    keeps_its_promises(|| Arc::<[u8]>::from([1, 2, 3]));
    keeps_its_promises(|| Rc::<str>::from("text"));
    keeps_its_promises(|| Arc::<str>::from(""));
}

#[test]
fn trait_objects() {
    keeps_its_promises(|| Rc::new(5) as Rc<dyn Debug>);
    keeps_its_promises(|| Arc::new([0_u128; 4]) as Arc<dyn Debug + Send + Sync>);
}

#[test]
fn a_weak_reference_to_nothing() {
    let nothing = std::rc::Weak::<u8>::new();
    assert!(WeakRef::is_expired(&nothing));
    assert_eq!(WeakRef::strong_count(&nothing), 0);
    let real = Rc::new(1_u8);
    assert!(!nothing.refers_to(&real));
}

#[test]
fn wrappers_compare_by_identity() {
    let values: Vec<Rc<i32>> = (0..10).map(|_| Rc::new(7)).collect();
    let hashed: HashSet<_> = values.iter().chain(&values).map(|value| ById::strong(value.clone())).collect();
    assert_eq!(hashed.len(), 10);
    let ordered: BTreeSet<_> = values.iter().chain(&values).map(|value| ById::weak(value.downgrade())).collect();
    assert_eq!(ordered.len(), 10);
    assert!(ordered.contains(&values[3].id()));
    drop(values);
    assert_eq!(ordered.iter().filter(|key| !key.get().is_expired()).count(), 10, "`hashed` keeps them");
    drop(hashed);
    assert!(ordered.into_iter().all(|key| key.into_inner().is_expired()));
}

#[test]
fn ids_show_themselves_in_hexadecimal() {
    assert_eq!(format!("{:?}", RefId::from_raw(255)), "RefId(0xff)");
    assert_eq!(RefId::from_raw(255).to_raw(), 255);
}
