/* SPDX-License-Identifier: MIT */
#include "stories.h"

#define STORY(f, ...)	{ .name = #f, .run = f, .config = { __VA_ARGS__ } }

#if defined(__SANITIZE_ADDRESS__)
#define WRITTEN_TO	"use-after-free"
#else
#define WRITTEN_TO	"was written to"
#endif

/* One ring page: the ring, the other ring, and 16 slots of 16 pages. */
#define ALL_PAGES	(1 + 1 + 256)

const struct nb_story nb_stories[] = {
	STORY(self_revoke, .dies = "revoked while it is mapped"),
	STORY(self_interrupt, .dies = "takes a mutex that sleeps"),
	STORY(self_head, .dies = "not the head of its queue"),
	STORY(self_write_after_free, .dies = WRITTEN_TO),
	STORY(self_page_after_free, .dies = "signal 11"),
	STORY(self_leak, .dies = "kmem blocks left"),
	STORY(self_locks, .dies = "locking against myself"),
	STORY(self_kernel_lock, .dies = "without the kernel lock"),

	STORY(attach_and_detach, .faults = true),
	STORY(enumerate, .faults = true),
	STORY(many_ports, .num_ports = 31, .ring_pages = 4),
	STORY(old_usb, .usb_ver = 1),
	STORY(refused_detach),
	STORY(detach_while_ports_change),
	STORY(backend_comes_late, .no_backend = true),
	STORY(bad_keys, .no_backend = true),
	STORY(missing_keys, .no_backend = true),
	STORY(endless_keys, .no_backend = true),
	STORY(deactivated),
	STORY(backend_restart),
	STORY(backend_reload),
	STORY(backend_loaded_anew, .faults = true),
	STORY(backend_crash),
	STORY(backend_keeps_pages, .lost_grants = ALL_PAGES,
	      .lost_pages = ALL_PAGES),
	STORY(toolstack_detach),
	STORY(suspend_and_resume),
	STORY(suspend_under_load),

	STORY(read_and_write, .faults = true),
	STORY(large_transfers),
	STORY(stall_and_clear),
	STORY(short_data),
	{ "read_and_write_old_backend", read_and_write, { .old = true } },
	{ "large_transfers_old_backend", large_transfers, { .old = true } },

	STORY(short_reads_in_a_row),
	STORY(error_with_transfers_behind),
	STORY(timeout_and_retry),
	STORY(abort_and_close),
	STORY(late_data_of_an_abort),
	STORY(empty_packet),
	STORY(control_requests),
	STORY(silent_control_request),
	STORY(streams_beside_each_other),
	STORY(more_than_the_ring),
	{ "timeout_and_late_cancel", timeout_and_retry, { .cancel = 2 } },
	{ "timeout_old_backend", timeout_and_retry, { .old = true } },

	STORY(unplug_and_replug),
	STORY(unplug_under_load),
	STORY(swap_devices),
	STORY(both_ports),

	STORY(keyboard),
	STORY(keyboard_polled),
	STORY(disk_polled),
	STORY(isochronous_in),
	STORY(isochronous_out),
	STORY(isochronous_aborted),
	STORY(isochronous_abort_any_time),
	STORY(isochronous_too_large),
	STORY(isochronous_too_many),
	STORY(polled_in_callback),

	STORY(lying_id),
	STORY(lying_status),
	STORY(lying_length),
	STORY(lying_twice),
	STORY(lying_index),
	STORY(lying_event_index),
	STORY(lying_port),
	STORY(lying_speed),
	STORY(flood_of_events),
	STORY(silence),
	/* It keeps the rings. */
	STORY(silence_then_detach, .lost_grants = 2, .lost_pages = 2),
	STORY(answer_after_abort),

	STORY(axe_falls, .axe = true),
};

const unsigned int nb_story_count = __arraycount(nb_stories);
