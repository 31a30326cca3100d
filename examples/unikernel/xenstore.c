/* SPDX-License-Identifier: MIT */
/*
 * A minimal client of xenstore: one request at a time, and watches that only
 * tell that something has changed.  xenstored is trusted, as Xen is: who holds
 * it can do with this domain what it likes.
 */
#include "hypercall.h"
#include "kernel.h"

#include <xen/io/xs_wire.h>

uint32_t xenstore_channel;
static struct xenstore_domain_interface *ring;
static bool watch_fired;

void xenstore_start(void)
{
	ring = (void *)(hvm_param(HVM_PARAM_STORE_PFN) << 12);
	xenstore_channel = (uint32_t)hvm_param(HVM_PARAM_STORE_EVTCHN);
}

static void wait_for_xenstored(void)
{
	platform_event_notify((int32_t)xenstore_channel);
	event_wait(&xenstore_channel, 1, PLATFORM_NEVER);
	event_take(xenstore_channel);
}

static void put(const void *from, uint32_t octets)
{
	const char *f = from;
	XENSTORE_RING_IDX at = ring->req_prod;

	while (octets-- > 0) {
		while (at - usbif_load32(&ring->req_cons) >= XENSTORE_RING_SIZE)
			wait_for_xenstored();
		ring->req[MASK_XENSTORE_IDX(at)] = *f++;
		USBIF_WMB();
		usbif_store32(&ring->req_prod, ++at);
	}
}

/* to: null to skip. */
static void get(void *to, uint32_t octets)
{
	char *t = to;
	XENSTORE_RING_IDX at = ring->rsp_cons;

	while (octets-- > 0) {
		while (usbif_load32(&ring->rsp_prod) == at)
			wait_for_xenstored();
		USBIF_RMB();
		if (t)
			*t++ = ring->rsp[MASK_XENSTORE_IDX(at)];
		usbif_store32(&ring->rsp_cons, ++at);
	}
}

/*
 * A request of up to two texts, each with its NUL but for a value that is
 * written.  The answer's octets, as many as fit, and a NUL go to text.
 * Returns their number, or -1: refused, or they do not fit.
 */
static int ask(uint32_t type, uint32_t tx, const char *a, uint32_t a_octets,
	       const char *b, uint32_t b_octets, char *text, uint32_t size)
{
	struct xsd_sockmsg head = { .type = type, .tx_id = tx,
				    .len = a_octets + b_octets };
	uint32_t kept;

	put(&head, sizeof(head));
	put(a, a_octets);
	put(b, b_octets);
	platform_event_notify((int32_t)xenstore_channel);
	for (;;) {
		get(&head, sizeof(head));
		if (head.type != XS_WATCH_EVENT)
			break;
		get(0, head.len);
		watch_fired = true;
	}
	kept = head.len < size ? head.len : size - 1;
	get(text, kept);
	get(0, head.len - kept);
	text[kept] = 0;
	return head.type == XS_ERROR || kept < head.len ? -1 : (int)kept;
}

static uint32_t octets_of(const char *text)
{
	uint32_t n = 0;

	while (text[n])
		n++;
	return n;
}

bool platform_xs_read(uint32_t tx, const char *path, char *text, size_t size)
{
	return ask(XS_READ, tx, path, octets_of(path) + 1, 0, 0, text,
		   (uint32_t)size) >= 0;
}

bool platform_xs_write(uint32_t tx, const char *path, const char *text)
{
	char answer[16];

	return ask(XS_WRITE, tx, path, octets_of(path) + 1, text,
		   octets_of(text), answer, sizeof(answer)) >= 0;
}

void platform_xs_watch(const char *path)
{
	char answer[16];

	/* That there is one already is as good. */
	ask(XS_WATCH, 0, path, octets_of(path) + 1, "w", 2, answer,
	    sizeof(answer));
}

uint32_t platform_xs_begin(void)
{
	char answer[16];
	const char *digit = answer;
	uint32_t tx = 0;

	if (ask(XS_TRANSACTION_START, 0, "", 1, 0, 0, answer,
		sizeof(answer)) < 0)
		return 0;
	while (*digit >= '0' && *digit <= '9')
		tx = tx * 10 + (uint32_t)(*digit++ - '0');
	return tx;
}

bool platform_xs_end(uint32_t tx, bool commit)
{
	char answer[16];
	bool again;

	again = ask(XS_TRANSACTION_END, tx, commit ? "T" : "F", 2, 0, 0, answer,
		    sizeof(answer)) < 0 &&
		memcmp(answer, "EAGAIN", 6) == 0;
	return !again;
}

bool xenstore_poll(void)
{
	struct xsd_sockmsg head;
	bool fired;

	while (usbif_load32(&ring->rsp_prod) != ring->rsp_cons) {
		get(&head, sizeof(head));
		get(0, head.len);
		watch_fired = true;
	}
	fired = watch_fired;
	watch_fired = false;
	return fired;
}
