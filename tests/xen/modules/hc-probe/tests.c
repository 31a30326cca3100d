// SPDX-License-Identifier: MIT
/*
 * The tests.  Each run starts with a fresh device; a result is one line of
 * counters, and what of it is a violation is for the reader to judge.
 */
#include <linux/delay.h>
#include <linux/random.h>

#include "probe.h"

#define SMALL 512      /* a high-speed bulk packet */
#define FOLLOWERS 3
#define SPIN_US 100000
/* Before the device acts; longer than it takes to tell it all. */
#define WAIT_MS 60
#define ORDER_OCTETS 256

/* Wait for the last octet that the slot's URB shall get, without sleeping. */
static bool spin_for(const struct probe_slot *slot, u32 last)
{
	int i;

	for (i = 0; i < SPIN_US; i++) {
		if (READ_ONCE(slot->data[last]) == probe_octet(PROBE_IN1, last))
			return true;
		udelay(1);
	}
	return false;
}

/* Submit URBs of one packet each, the first one in slot 0. */
static int submit_small(struct probe *probe, int count, unsigned int flags)
{
	int i, ret = 0;

	for (i = 0; i < count && !ret; i++)
		ret = probe_submit(probe, i, probe->in1, SMALL, flags);
	return ret;
}

/* How the first URB ends, told to the device before anything is submitted. */
static int tell_end(struct probe *probe, const struct probe_args *args,
		    unsigned int octets)
{
	if (!strcmp(args->how, "short"))
		return probe_tell(probe, "in1 send 1 %u", octets);
	/* The gadget cannot halt in the middle of a transfer. */
	if (!strcmp(args->how, "halt"))
		return octets ? probe_tell(probe, "in1 halt %u", octets) :
				probe_tell(probe, "in1 halt");
	if (!strcmp(args->how, "babble"))
		return probe_tell(probe, "in1 babble %u", octets);
	if (!strcmp(args->how, "fail"))
		return probe_tell(probe, "in1 fail %u %u", args->number,
				  octets);
	return -EINVAL;
}

static int status_of_end(const struct probe_args *args)
{
	if (!strcmp(args->how, "short"))
		return -EREMOTEIO;
	if (!strcmp(args->how, "halt"))
		return -EPIPE;
	if (!strcmp(args->how, "babble"))
		return -EOVERFLOW;
	return -EPROTO;
}

struct order_counts {
	unsigned int raced, violations, hidden, late, silent;
};

/*
 * Submit from the first processor and go on on the last one: some controllers'
 * drivers (dummy_hcd) are a timer of the processor that submitted.
 */
static int submit_elsewhere(struct probe *probe, int count)
{
	int ret;

	set_cpus_allowed_ptr(current, cpumask_of(cpumask_first(cpu_online_mask)));
	ret = submit_small(probe, count, 0);
	set_cpus_allowed_ptr(current, cpumask_of(cpumask_last(cpu_online_mask)));
	return ret;
}

/* Unlink the last URB as soon as the octets of the first are there. */
static void race(struct probe *probe, bool irqs_off,
		 struct order_counts *counts)
{
	struct probe_slot *first = &probe->slots[0];
	struct probe_slot *last = &probe->slots[FOLLOWERS];
	unsigned long flags = 0;
	bool seen, back;

	if (irqs_off)
		local_irq_save(flags);
	seen = spin_for(first, ORDER_OCTETS - 1);
	back = READ_ONCE(first->place) != 0;
	usb_unlink_urb(last->urb);
	if (irqs_off)
		local_irq_restore(flags);
	msleep(40);
	if (!seen) {
		counts->silent++;
	} else if (back) {
		counts->late++;
	} else {
		counts->raced++;
		counts->violations += !first->place ||
				      last->place < first->place;
		counts->hidden += first->status == -ECONNRESET;
	}
}

/*
 * The first of four URBs ends, and before it is given back the last one is
 * unlinked: that must not be given back first, nor hide how the first ended.
 */
static int order_run(struct probe *probe, const struct probe_args *args,
		     bool irqs_off, struct order_counts *counts)
{
	int ret = submit_elsewhere(probe, 1 + FOLLOWERS);

	if (!ret)
		ret = probe_tell(probe, "in1 wait %d", WAIT_MS);
	if (!ret)
		ret = tell_end(probe, args, ORDER_OCTETS);
	if (!ret)
		race(probe, irqs_off, counts);
	set_cpus_allowed_ptr(current, cpu_online_mask);
	probe_end(probe);
	return ret;
}

int probe_test_order(struct probe *probe, const struct probe_args *args)
{
	struct order_counts counts = { };
	unsigned int run;
	int ret = 0;

	for (run = 0; run < args->runs && !ret; run++) {
		ret = probe_begin(probe);
		if (!ret)
			ret = order_run(probe, args, run % 2, &counts);
	}
	scnprintf(probe->result, sizeof(probe->result),
		  "order %s: runs %u raced %u violations %u hidden %u (given back before %u, no octets %u)",
		  args->how, run, counts.raced, counts.violations,
		  counts.hidden, counts.late, counts.silent);
	return ret;
}

/* Eight URBs that end by themselves, full and short ones mixed. */
static int sequence_run(struct probe *probe, unsigned int *violations)
{
	static const int sizes[PROBE_URBS] = { 100, 512, 512, 8, 0, 512, 12, 512 };
	int i, ret = 0, bad = 0;
	u32 at = 0;

	for (i = 0; i < PROBE_URBS && !ret; i++)
		ret = probe_tell(probe, "in1 send 1 %d", sizes[i]);
	if (!ret)
		ret = submit_small(probe, PROBE_URBS, 0);
	if (ret)
		return ret;
	for (i = 0; i < 100 && atomic_read(&probe->pending) > 1; i++)
		msleep(20);
	probe_end(probe);
	for (i = 0; i < PROBE_URBS; i++) {
		const struct probe_slot *slot = &probe->slots[i];

		bad |= slot->place != i + 1 || slot->status ||
		       slot->length != sizes[i];
		bad |= slot->length && probe_place(slot->data) != at;
		at += sizes[i];
	}
	*violations += bad;
	return 0;
}

int probe_test_sequence(struct probe *probe, const struct probe_args *args)
{
	unsigned int run, violations = 0;
	int ret = 0;

	for (run = 0; run < args->runs && !ret; run++) {
		ret = probe_begin(probe);
		if (!ret)
			ret = sequence_run(probe, &violations);
		if (ret)
			probe_end(probe);
	}
	scnprintf(probe->result, sizeof(probe->result),
		  "sequence: runs %u violations %u", run, violations);
	return ret;
}

/*
 * One URB is filled, after which Linux' xHCI driver tries a failed transaction
 * several times again, and not just once.
 */
static int fill_one(struct probe *probe)
{
	int i, ret = probe_tell(probe, "in1 send 1 %d", SMALL);

	if (!ret)
		ret = probe_submit(probe, PROBE_URBS - 1, probe->in1, SMALL, 0);
	for (i = 0; i < 50 && atomic_read(&probe->pending) > 1; i++)
		msleep(2);
	return ret;
}

struct stop_counts {
	unsigned int tried, runs_moved, urbs_moved, other;
};

/*
 * The first of four URBs ends short or with an error; its completion handler
 * unlinks the others.  The device has messages for them: they may not move.
 */
static int stop_run(struct probe *probe, const struct probe_args *args,
		    bool tail_first, struct stop_counts *counts)
{
	const struct probe_slot *first = &probe->slots[0];
	int i, moved = 0, ret;
	bool early;

	ret = strcmp(args->how, "fail") ? 0 : fill_one(probe);
	probe->unlink_count = FOLLOWERS;
	probe->unlink_tail_first = tail_first;
	if (!ret)
		ret = submit_small(probe, 1 + FOLLOWERS, URB_SHORT_NOT_OK);
	if (!ret)
		ret = probe_tell(probe, "in1 wait %d", WAIT_MS);
	if (!ret)
		ret = tell_end(probe, args, strcmp(args->how, "halt") ? 100 : 0);
	if (!ret)
		ret = probe_tell(probe, "in1 send 3 100");
	early = READ_ONCE(first->place) != 0;
	for (i = 0; i < 50 && atomic_read(&probe->pending) > 1; i++)
		msleep(20);
	probe_end(probe);
	if (ret)
		return ret;
	if (early || first->status != status_of_end(args)) {
		counts->other++;
		return 0;
	}
	for (i = 1; i <= FOLLOWERS; i++)
		moved += probe->slots[i].length > 0;
	counts->tried++;
	counts->runs_moved += moved > 0;
	counts->urbs_moved += moved;
	return 0;
}

int probe_test_stop(struct probe *probe, const struct probe_args *args)
{
	struct stop_counts counts = { };
	unsigned int run;
	int ret = 0;

	for (run = 0; run < args->runs && !ret; run++) {
		ret = probe_begin(probe);
		if (!ret)
			ret = stop_run(probe, args, run % 2, &counts);
	}
	scnprintf(probe->result, sizeof(probe->result),
		  "stop %s: runs %u tried %u violations %u (followers that moved: %u of %u; did not count: %u, last status %d)",
		  args->how, run, counts.tried, counts.runs_moved,
		  counts.urbs_moved, counts.tried * FOLLOWERS, counts.other,
		  probe->slots[0].status);
	return ret;
}

/* Wait until the device has done what it can of its orders. */
static int device_idle(struct probe *probe, int endpoint)
{
	int i, left = 1;

	for (i = 0; i < 20 && left > 0; i++) {
		msleep(5);
		left = probe_left(probe, endpoint);
	}
	return left < 0 ? left : 0;
}

struct length_counts {
	unsigned int partial, violations;
	int last_wrong;
};

/* Unlinked in the middle, how much has moved? The next URB's octets tell. */
static int length_in_run(struct probe *probe, struct length_counts *counts)
{
	struct probe_slot *next = &probe->slots[1];
	u32 sent = SMALL * (1 + get_random_u32() % (PROBE_BUFFER / SMALL - 1));
	u32 length, moved;
	int ret = probe_tell(probe, "in1 send 1 %u", sent);

	if (!ret)
		ret = probe_submit(probe, 0, probe->in1, PROBE_BUFFER, 0);
	if (!ret)
		ret = device_idle(probe, PROBE_IN1);
	if (ret)
		return ret;
	usb_kill_urb(probe->slots[0].urb);
	length = probe->slots[0].length;
	ret = probe_tell(probe, "in1 send 1 100");
	if (!ret)
		ret = probe_submit(probe, 1, probe->in1, PROBE_BUFFER, 0);
	if (!ret)
		ret = device_idle(probe, PROBE_IN1);
	probe_end(probe);
	if (ret)
		return ret;
	if (next->length < 4)
		return -EREMOTEIO;
	moved = probe_place(next->data);
	counts->partial += moved > 0;
	if (length != moved) {
		counts->violations++;
		counts->last_wrong = (int)length - (int)moved;
	}
	return 0;
}

int probe_test_length_in(struct probe *probe, const struct probe_args *args)
{
	struct length_counts counts = { };
	unsigned int run;
	int ret = 0;

	for (run = 0; run < args->runs && !ret; run++) {
		ret = probe_begin(probe);
		if (!ret)
			ret = length_in_run(probe, &counts);
		if (ret)
			probe_end(probe);
	}
	scnprintf(probe->result, sizeof(probe->result),
		  "length-in: runs %u partial %u violations %u (last difference %d)",
		  run, counts.partial, counts.violations, counts.last_wrong);
	return ret;
}

/*
 * One OUT URB of which the device takes args->number octets, unlinked; what is
 * left is sent by another one from where the first is said to have come to.
 * The device's log says whether that was true.
 */
int probe_test_length_out(struct probe *probe, const struct probe_args *args)
{
	struct probe_slot *first = &probe->slots[0], *next = &probe->slots[1];
	u32 i, length = 0;
	int ret = probe_begin(probe);

	for (i = 0; i < PROBE_BUFFER; i++)
		first->data[i] = probe_octet(PROBE_OUT1, i);
	if (!ret)
		ret = probe_tell(probe, "out1 read 1 %u", args->number);
	if (!ret)
		ret = probe_submit(probe, 0, probe->out1, PROBE_BUFFER, 0);
	if (!ret)
		ret = device_idle(probe, PROBE_OUT1);
	if (!ret) {
		usb_kill_urb(first->urb);
		length = first->length;
		for (i = 0; i < 100; i++)
			next->data[i] = probe_octet(PROBE_OUT1, length + i);
		ret = probe_tell(probe, "out1 read 1 %u", SMALL);
	}
	if (!ret)
		ret = probe_submit(probe, 1, probe->out1, 100, 0);
	if (!ret)
		ret = device_idle(probe, PROBE_OUT1);
	probe_end(probe);
	scnprintf(probe->result, sizeof(probe->result),
		  "length-out: %u wanted, %u reported, then %u", args->number,
		  length, next->length);
	return ret;
}
