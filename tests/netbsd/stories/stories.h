/* SPDX-License-Identifier: MIT */
/* All stories, by the file that has them, and what they share. */
#ifndef STORIES_H
#define STORIES_H

#include "../fake/kernel/class.h"
#include "support/device.h"
#include "support/disk.h"

/* bulk.c: a stick, as umass(4) uses it. */
struct stick {
	struct usbd_device *dev;
	struct pipe *in, *out;
	struct io *command, *status;
	uint32_t tag;
};
void stick_open(struct stick *s, unsigned int port);
/*
 * One command; data.  Returns 0 good, 1 failed, or -usbd_status of what
 * failed; *moved is what moved of the data.
 */
int stick_command(struct stick *s, const uint8_t *cdb, struct io *data,
		  bool in, uint32_t *moved);
/* Read or write sectors and check them against the pattern of the medium. */
void stick_read(struct stick *s, uint32_t sector, uint16_t sectors);
void stick_write(struct stick *s, uint32_t sector, uint16_t sectors,
		 uint8_t salt);
/* Some of everything on a stick at port 1, which is plugged. */
void use_a_stick(void);

/* attach.c */
void attach_and_detach(void);
void enumerate(void);
void many_ports(void);
void old_usb(void);
void refused_detach(void);
void detach_while_ports_change(void);
void backend_comes_late(void);
void bad_keys(void);
void missing_keys(void);
void endless_keys(void);
void deactivated(void);
void backend_restart(void);
void backend_reload(void);
void backend_loaded_anew(void);
void backend_crash(void);
void backend_keeps_pages(void);
void toolstack_detach(void);
void suspend_and_resume(void);
void suspend_under_load(void);

/* bulk.c */
void read_and_write(void);
void large_transfers(void);
void stall_and_clear(void);
void short_data(void);

/* queue.c */
void short_reads_in_a_row(void);
void error_with_transfers_behind(void);
void timeout_and_retry(void);
void abort_and_close(void);
void late_data_of_an_abort(void);
void empty_packet(void);
void control_requests(void);
void silent_control_request(void);
void streams_beside_each_other(void);
void more_than_the_ring(void);

/* plug.c */
void unplug_and_replug(void);
void unplug_under_load(void);
void swap_devices(void);
void both_ports(void);

/* others.c */
void keyboard(void);
void keyboard_polled(void);
void disk_polled(void);
void isochronous_in(void);
void isochronous_out(void);
void isochronous_aborted(void);
void isochronous_abort_any_time(void);
void isochronous_too_large(void);
void isochronous_too_many(void);
void polled_in_callback(void);

/* hostile.c */
void lying_id(void);
void lying_status(void);
void lying_length(void);
void lying_twice(void);
void lying_index(void);
void lying_event_index(void);
void lying_port(void);
void lying_speed(void);
void flood_of_events(void);
void silence(void);
void silence_then_detach(void);
void answer_after_abort(void);

/* axe.c */
void axe_falls(void);

/* self.c: the fake itself */
void self_revoke(void);
void self_interrupt(void);
void self_head(void);
void self_write_after_free(void);
void self_page_after_free(void);
void self_leak(void);
void self_locks(void);
void self_kernel_lock(void);

#endif
