//! The bump arena from outside.
#![cfg(not(loom))]

use proptest::prelude::*;
use rotifer_arena::{Bump, BumpError};

#[test]
fn values_of_all_sizes_and_alignments() {
    #[repr(align(4096))]
    struct Page(u8);
    let bump = Bump::new();
    assert_eq!((bump.reserved_bytes(), bump.used_bytes(), bump.remaining_bytes()), (0, 0, 0));
    bump.alloc(());
    assert_eq!(bump.reserved_bytes(), 0, "what has no size takes none");
    let byte = bump.alloc(1_u8);
    let page = bump.alloc(Page(2));
    let text = bump.alloc_str("three");
    let big = bump.alloc_slice_fill_with(3 << 20, |i| i as u8);
    let empty = bump.alloc_slice_copy::<u64>(&[]);
    assert!(std::ptr::from_ref(page).addr().is_multiple_of(4096));
    assert_eq!((*byte, page.0, &*text, big[257], empty.len()), (1, 2, "three", 1, 0));
    let strings = bump.alloc_slice_fill_with(10, |i| i.to_string());
    strings.iter_mut().for_each(|text| *text = std::mem::take(text) + "!");
    assert_eq!(strings[9], "9!");
    strings.iter_mut().for_each(|text| drop(std::mem::take(text)));
}

#[test]
fn the_limit_holds() {
    for limit in [0, 1, 40, 64, 100, 1000, 4096, 100_000] {
        let bump = Bump::with_limit(limit);
        let mut bytes = 0;
        while bump.try_alloc(7_u64).is_ok() {
            bytes += 8;
            assert!(bump.reserved_bytes() <= limit);
        }
        assert_eq!(bump.used_bytes(), bytes);
        assert!(bytes + 512 > limit / 2, "{bytes} of {limit}");
        assert_eq!(bump.try_alloc_str("too long by far to go anywhere"), Err(BumpError));
        assert_eq!(bump.try_alloc([1_u8; 100]).err(), Some([1; 100]));
    }
    let bump = Bump::with_limit(1 << 20);
    assert!(bump.try_alloc_slice_fill_with(usize::MAX, |_| 0_u64).is_err());
    assert!(bump.try_alloc_uninit::<u8>(isize::MAX as usize).is_err());
    assert!(bump.try_alloc_uninit::<u8>(1 << 19).is_ok());
}

#[test]
#[should_panic(expected = "limit of 1000 bytes")]
fn without_try_the_limit_panics() {
    let bump = Bump::with_limit(1000);
    loop {
        bump.alloc(1_u64);
    }
}

#[test]
fn a_reset_arena_needs_no_more_memory() {
    let mut bump = Bump::new();
    let mut reserved = 0;
    for round in 0..10 {
        for i in 0..10_000_u64 {
            assert_eq!(*bump.alloc(i), i);
        }
        if round > 6 {
            assert_eq!(bump.reserved_bytes(), reserved);
        }
        bump.reset();
        reserved = bump.reserved_bytes();
        assert_eq!(bump.used_bytes(), 0);
    }
    assert!(Bump::try_with_capacity(10_000).unwrap().remaining_bytes() >= 10_000);
    assert!(Bump::try_with_capacity(usize::MAX).is_err());
}

proptest! {
    /// Against vectors: what was written stays, whatever comes after it.
    #[test]
    fn an_arena_behaves_like_vectors(
        limit in 0_usize..20_000,
        rounds in prop::collection::vec(prop::collection::vec((any::<u8>(), 0_usize..300), 0..60), 1..4),
    ) {
        let mut bump = Bump::with_limit(limit);
        for steps in rounds {
            let mut held: Vec<(&mut [u8], u8)> = Vec::new();
            let mut words: Vec<&mut u64> = Vec::new();
            let mut bytes = 0;
            for (byte, len) in steps {
                if let Ok(slice) = bump.try_alloc_slice_fill_with(len, |_| byte) {
                    held.push((slice, byte));
                    bytes += len;
                }
                if let Ok(word) = bump.try_alloc(u64::from(byte)) {
                    words.push(word);
                    bytes += 8;
                }
                prop_assert!(bump.reserved_bytes() <= limit && bump.used_bytes() >= bytes);
            }
            for (slice, byte) in held {
                prop_assert!(slice.iter().all(|item| *item == byte));
                slice.fill(0xFF);
            }
            for word in words {
                prop_assert!(*word <= 0xFF);
            }
            bump.reset();
        }
    }
}

#[test]
fn slices_of_every_short_length_are_copied_whole() {
    let bytes: Vec<u8> = (0..=255).collect();
    let arena = Bump::new();
    let copies: Vec<_> = (0..bytes.len()).map(|len| (len, arena.alloc_slice_copy(&bytes[..len]))).collect();
    for (len, copy) in copies {
        assert_eq!(copy, &bytes[..len]);
    }
    let words: Vec<u64> = (0..40).collect();
    for len in 0..words.len() {
        assert_eq!(arena.try_alloc_slice_copy(&words[..len]).unwrap(), &words[..len]);
    }
}

#[test]
fn large_alignments_stay_in_the_chunk() {
    use core::alloc::Layout;

    for align in [1, 2, 16, 32, 64, 256, 4096] {
        let arena = Bump::new();
        let mut taken = Vec::new();
        for size in [0, 1, 15, 16, 17, 100, 0, 500, 1000] {
            let at = arena.try_alloc_layout(Layout::from_size_align(size, align).unwrap()).unwrap();
            assert_eq!(at.addr().get() % align, 0);
            // SAFETY: so many bytes were allocated.
            unsafe { at.write_bytes(size as u8, size) };
            taken.push((at, size));
        }
        for (at, size) in taken {
            // SAFETY: as above; they have been written.
            assert!(unsafe { core::slice::from_raw_parts(at.as_ptr(), size) }.iter().all(|&byte| byte == size as u8));
        }
    }
}
