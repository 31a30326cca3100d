/* SPDX-License-Identifier: MIT */
/*
 * Xen itself: the hypercall page, the clock, event channels.  There are no
 * interrupts: every event channel is masked, and SCHEDOP_poll sleeps until one
 * of a few is pending, or until a time.
 */
#include "hypercall.h"
#include "kernel.h"

#define CPUID_XEN	0x40000000u
#define BITS		64

/* Xen's page stands here, so nothing of ours may be in the rest of it. */
static union {
	struct shared_info info;
	uint8_t page[4096];
} shared __attribute__((aligned(4096)));

/* The channel of platform_event_open(). */
static int32_t opened = -1;

static void cpuid(uint32_t leaf, uint32_t out[4])
{
	__asm__ __volatile__("cpuid"
		: "=a"(out[0]), "=b"(out[1]), "=c"(out[2]), "=d"(out[3])
		: "0"(leaf), "2"(0));
}

/* Other hypervisors' leaves may come first, each at a multiple of 0x100. */
static uint32_t find_xen(void)
{
	uint32_t leaf, out[4];

	for (leaf = CPUID_XEN; leaf < CPUID_XEN + 0x10000; leaf += 0x100) {
		cpuid(leaf, out);
		if (memcmp(out + 1, "XenVMMXenVMM", 12) == 0)
			break;
	}
	return leaf;
}

void events_start(void)
{
	uint32_t out[4];

	cpuid(find_xen() + 2, out);
	__asm__ __volatile__("wrmsr" : : "c"(out[1]),
			     "a"((uint32_t)(unsigned long)hypercall_page),
			     "d"(0) : "memory");
	map_xen_page(XENMAPSPACE_shared_info, &shared);
	memset(shared.info.evtchn_mask, 0xff, sizeof(shared.info.evtchn_mask));
}

static uint64_t tsc(void)
{
	uint32_t low, high;

	__asm__ __volatile__("rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
}

/* struct vcpu_time_info in xen.h has the formula. */
uint64_t now_ns(void)
{
	volatile struct vcpu_time_info *t = &shared.info.vcpu_info[0].time;
	uint32_t version;
	uint64_t ns;

	do {
		version = t->version;
		USBIF_RMB();
		ns = tsc() - t->tsc_timestamp;
		ns = t->tsc_shift < 0 ? ns >> -t->tsc_shift :
					ns << t->tsc_shift;
		ns = (uint64_t)((unsigned __int128)ns * t->tsc_to_system_mul
				>> 32) + t->system_time;
		USBIF_RMB();
	} while ((version & 1) || version != t->version);
	return ns;
}

uint64_t platform_now_ms(void)
{
	return now_ns() / 1000000;
}

bool event_take(uint32_t channel)
{
	xen_ulong_t bit = 1ul << channel % BITS;

	return __atomic_fetch_and(&shared.info.evtchn_pending[channel / BITS], ~bit,
				  __ATOMIC_SEQ_CST) & bit;
}

void event_wait(uint32_t *channels, uint32_t n, uint64_t until_ms)
{
	struct sched_poll poll = { .nr_ports = n };

	if (platform_now_ms() >= until_ms)
		return;
	if (until_ms != PLATFORM_NEVER)
		poll.timeout = until_ms * 1000000;
	set_xen_guest_handle(poll.ports, channels);
	sched_op(SCHEDOP_poll, &poll);
}

int32_t platform_event_open(uint16_t domid)
{
	struct evtchn_alloc_unbound alloc = {
		.dom = DOMID_SELF, .remote_dom = domid };

	if (event_channel_op(EVTCHNOP_alloc_unbound, &alloc) != 0)
		return -1;
	event_take(alloc.port);
	opened = (int32_t)alloc.port;
	return opened;
}

void platform_event_notify(int32_t channel)
{
	struct evtchn_send send = { .port = (evtchn_port_t)channel };

	event_channel_op(EVTCHNOP_send, &send);
}

void platform_event_close(int32_t channel)
{
	struct evtchn_close close = { .port = (evtchn_port_t)channel };

	event_channel_op(EVTCHNOP_close, &close);
	opened = -1;
}

/* An event that comes between the look and the sleep ends the sleep at once. */
uint32_t platform_wait(uint64_t until_ms)
{
	uint32_t channels[2] = { xenstore_channel, 0 }, n = 1, what = 0;

	/* While xenstored was asked for something it may have told, too. */
	if (xenstore_poll())
		return PLATFORM_WATCH;
	if (opened >= 0)
		channels[n++] = (uint32_t)opened;
	event_wait(channels, n, until_ms);
	if (opened >= 0 && event_take((uint32_t)opened))
		what |= PLATFORM_EVENT;
	event_take(xenstore_channel);
	if (xenstore_poll())
		what |= PLATFORM_WATCH;
	return what;
}
