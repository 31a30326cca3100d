/* SPDX-License-Identifier: MIT */
/*
 * Our half of a ring against the other half made of Xen's macros, in both
 * roles: same entries, and the same decision about every notification.
 */
#include "support/test.h"

/* From this version on, ring.h takes its barriers from here. */
#define __XEN_INTERFACE_VERSION__ 0x00030208
#define xen_mb()	__atomic_thread_fence(__ATOMIC_SEQ_CST)
#define xen_rmb()	__atomic_thread_fence(__ATOMIC_ACQUIRE)
#define xen_wmb()	__atomic_thread_fence(__ATOMIC_RELEASE)
#include <xen/xen.h>
#include <xen/io/ring.h>
#include <xen/io/usbif.h>

#include "support/random.h"
#include "support/shared.h"
#include "usbif/ring.h"

#define STEPS 100000

static struct shared mem;

static int map_page(void **state)
{
	(void)state;
	shared_map(&mem, 1);
	return 0;
}

static int unmap_page(void **state)
{
	(void)state;
	shared_unmap(&mem);
	return 0;
}

/* Both sides keep count of entries and of the events they are owed. */
struct tally {
	uint32_t sent, served, answered;
	bool front_sleeps, back_sleeps;
	uint32_t wakes;
};

static void wake(bool *sleeps, bool notify, struct tally *t)
{
	/* A sleeper is told of the first entry, nobody else of any. */
	assert_int_equal(notify, *sleeps);
	*sleeps = false;
	t->wakes += notify;
}

/* -- our front, Xen's back -- */

static struct usbif_ring front;
static usbif_urb_back_ring_t xen_back;

static void front_sends(struct tally *t)
{
	struct usbif_urb_request entry = { .id = (uint16_t)t->sent };

	if (usbif_ring_front_room(&front) == 0)
		return;
	assert_int_equal(usbif_ring_put(&front, mem.front, &entry,
					sizeof(entry)), 0);
	t->sent++;
	wake(&t->back_sleeps, usbif_ring_push(&front, mem.front), t);
}

static void front_takes(struct tally *t)
{
	struct usbif_urb_response entry;

	if (usbif_ring_take(&front, mem.front, &entry, sizeof(entry)) == 1) {
		assert_int_equal(entry.id, (uint16_t)t->answered++);
		assert_int_equal(entry.status, ~entry.id);
	} else {
		t->front_sleeps = usbif_ring_sleep(&front, mem.front) == 0;
	}
}

static void xen_back_serves(struct tally *t)
{
	struct usbif_urb_response *rsp;
	struct usbif_urb_request req;
	bool more;
	int notify;

	RING_FINAL_CHECK_FOR_REQUESTS(&xen_back, more);
	t->back_sleeps = !more;
	if (!more)
		return;
	RING_COPY_REQUEST(&xen_back, xen_back.req_cons, &req);
	xen_back.req_cons++;
	assert_int_equal(req.id, (uint16_t)t->served++);
	rsp = RING_GET_RESPONSE(&xen_back, xen_back.rsp_prod_pvt++);
	rsp->id = req.id;
	rsp->status = ~req.id;
	RING_PUSH_RESPONSES_AND_CHECK_NOTIFY(&xen_back, notify);
	wake(&t->front_sleeps, notify, t);
}

static void our_front_works_with_xens_back(void **state)
{
	struct tally t = { .front_sleeps = true, .back_sleeps = true };
	uint32_t noise = 3;

	(void)state;
	usbif_ring_front_init(&front, mem.front, 1, USBIF_WIRE_URB_OCTETS);
	BACK_RING_INIT(&xen_back, (usbif_urb_sring_t *)mem.back,
		       USBIF_RING_SIZE);
	for (uint32_t i = 0; i < STEPS; i++) {
		switch (next_random(&noise) % 3) {
		case 0: front_sends(&t); break;
		case 1: front_takes(&t); break;
		case 2: xen_back_serves(&t); break;
		}
	}
	assert_in_range(t.answered, STEPS / 10, STEPS);
	assert_in_range(t.wakes, STEPS / 100, STEPS);
}

/* -- Xen's front, our back -- */

static usbif_urb_front_ring_t xen_front;
static struct usbif_ring back;

static void xen_front_sends(struct tally *t)
{
	struct usbif_urb_request *req;
	int notify;

	if (RING_FULL(&xen_front))
		return;
	req = RING_GET_REQUEST(&xen_front, xen_front.req_prod_pvt++);
	req->id = (uint16_t)t->sent++;
	RING_PUSH_REQUESTS_AND_CHECK_NOTIFY(&xen_front, notify);
	wake(&t->back_sleeps, notify, t);
}

static void xen_front_takes(struct tally *t)
{
	struct usbif_urb_response rsp;
	bool more;

	RING_FINAL_CHECK_FOR_RESPONSES(&xen_front, more);
	t->front_sleeps = !more;
	if (!more)
		return;
	RING_COPY_RESPONSE(&xen_front, xen_front.rsp_cons, &rsp);
	xen_front.rsp_cons++;
	assert_int_equal(rsp.id, (uint16_t)t->answered++);
	assert_int_equal(rsp.status, ~rsp.id);
}

static void back_serves(struct tally *t)
{
	struct usbif_urb_response rsp = { 0 };
	struct usbif_urb_request req;

	if (usbif_ring_take(&back, mem.back, &req, sizeof(req)) != 1) {
		t->back_sleeps = usbif_ring_sleep(&back, mem.back) == 0;
		return;
	}
	assert_int_equal(req.id, (uint16_t)t->served++);
	rsp.id = req.id;
	rsp.status = ~req.id;
	assert_int_equal(usbif_ring_put(&back, mem.back, &rsp, sizeof(rsp)),
			 0);
	wake(&t->front_sleeps, usbif_ring_push(&back, mem.back), t);
}

static void our_back_works_with_xens_front(void **state)
{
	struct tally t = { .front_sleeps = true, .back_sleeps = true };
	uint32_t noise = 3;

	(void)state;
	XEN_FRONT_RING_INIT(&xen_front, (usbif_urb_sring_t *)mem.front,
			    USBIF_RING_SIZE);
	usbif_ring_back_init(&back, 1, USBIF_WIRE_URB_OCTETS);
	for (uint32_t i = 0; i < STEPS; i++) {
		switch (next_random(&noise) % 3) {
		case 0: xen_front_sends(&t); break;
		case 1: xen_front_takes(&t); break;
		case 2: back_serves(&t); break;
		}
	}
	assert_in_range(t.answered, STEPS / 10, STEPS);
	assert_in_range(t.wakes, STEPS / 100, STEPS);
}

#define ring_test(story) \
	cmocka_unit_test_setup_teardown(story, map_page, unmap_page)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ring_test(our_front_works_with_xens_back),
		ring_test(our_back_works_with_xens_front),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
