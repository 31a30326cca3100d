/* SPDX-License-Identifier: MIT */
/*
 * Every state that a root hub of two ports can get into, whatever the guest,
 * the backend and the clock do, and what must hold for every step between
 * two of them.
 */
#include "support/test.h"

#include "support/seen.h"
#include "usbif/hub.h"

#define TO_PORT		0x23
#define CLEAR_FEATURE	1
#define SET_FEATURE	3
#define GUEST_CLOCK_MS	1000u	/* resets and resumes begin now */
#define EARLY_MS	(GUEST_CLOCK_MS + USBIF_HUB_RESUME_MS - 1)
#define DUE_MS		(GUEST_CLOCK_MS + USBIF_HUB_RESET_MS)

/* Each feature that a port knows, and one that it does not. */
static const uint16_t features[] = { 1, 2, 4, 8, 16, 17, 18, 19, 20, 22 };
#define F_SUSPEND	2

enum kind {
	GUEST_SETS,
	GUEST_CLEARS,
	BACKEND_CONNECTS,
	GUEST_ARMS,
	BACKEND_GONE,
	CLOCK_EARLY,
	CLOCK_DUE,
	BUS_SUSPENDS,
	BUS_RESUMES,
	KINDS
};

struct event {
	enum kind kind;
	uint16_t port;		/* 1..2; 0 for all */
	uint16_t value;		/* index of a feature, or speed, or armed */
};

struct step {
	struct usbif_hub before;
	struct usbif_hub after;
	struct event event;
	bool said_changed;	/* what the function returned */
};

static bool request(struct usbif_hub *h, uint8_t request_code,
		    const struct event *e)
{
	return usbif_hub_control(h, TO_PORT, request_code, features[e->value],
				 e->port, 0, GUEST_CLOCK_MS, NULL, 0) == 0;
}

static bool take_step(struct usbif_hub *h, const struct event *e)
{
	switch (e->kind) {
	case GUEST_SETS:
		return request(h, SET_FEATURE, e);
	case GUEST_CLEARS:
		return request(h, CLEAR_FEATURE, e);
	case BACKEND_CONNECTS:
		return usbif_hub_connect(h, (uint8_t)e->port,
					 (uint8_t)e->value);
	case GUEST_ARMS:
		usbif_hub_arm_wakeup(h, (uint8_t)e->port, e->value != 0);
		return false;
	case BACKEND_GONE:
		return usbif_hub_disconnect_all(h);
	case CLOCK_EARLY:
		return usbif_hub_tick(h, EARLY_MS);
	case CLOCK_DUE:
		return usbif_hub_tick(h, DUE_MS);
	case BUS_SUSPENDS:
		return usbif_hub_bus_suspend(h);
	case BUS_RESUMES:
		return usbif_hub_bus_resume(h);
	case KINDS:
		break;
	}
	return false;
}

static uint32_t view(const struct usbif_hub_port *p)
{
	return (uint32_t)p->change << 16 | p->status;
}

static bool views_differ(const struct step *s)
{
	return view(&s->before.port[0]) != view(&s->after.port[0]) ||
	       view(&s->before.port[1]) != view(&s->after.port[1]);
}

/* The bits that one port has only after, or only before the step. */
static uint32_t gained(const struct step *s, int i)
{
	return view(&s->after.port[i]) & ~view(&s->before.port[i]);
}

static uint32_t lost(const struct step *s, int i)
{
	return view(&s->before.port[i]) & ~view(&s->after.port[i]);
}

#define CHANGE_BITS 0xffff0000u

static bool asks_suspend(const struct step *s, enum kind kind, int i)
{
	return s->event.kind == kind && s->event.port == i + 1 &&
	       features[s->event.value] == F_SUSPEND;
}

/* The guest alone suspends and resumes a port, or the bus for all at once. */
static void check_suspend(const struct step *s, int i)
{
	const struct usbif_hub_port *before = &s->before.port[i];
	const struct usbif_hub_port *after = &s->after.port[i];
	bool suspended = before->status & USBIF_PORT_SUSPEND;

	if (gained(s, i) & USBIF_PORT_SUSPEND)
		assert_true(s->event.kind == BUS_SUSPENDS ||
			    (asks_suspend(s, GUEST_SETS, i) &&
			     !before->wakeup));
	if (asks_suspend(s, GUEST_SETS, i))
		assert_int_equal(s->said_changed, !before->wakeup);
	if (asks_suspend(s, GUEST_CLEARS, i))
		assert_int_equal(suspended,
				 after->status & USBIF_PORT_SUSPEND &&
				 after->due_ms != USBIF_HUB_NEVER);
	/* One that stays enabled is resumed with the bus, or tells so. */
	if (lost(s, i) & USBIF_PORT_SUSPEND &&
	    after->status & USBIF_PORT_ENABLE &&
	    !(s->event.kind == BUS_RESUMES && before->by_bus)) {
		assert_int_equal(s->event.kind, CLOCK_DUE);
		assert_true(after->change & USBIF_PORT_C_SUSPEND);
	}
}

static void check_port_step(const struct step *s, int i)
{
	enum kind kind = s->event.kind;
	bool own = s->event.port == i + 1 || s->event.port == 0;

	/* Nothing happens to a port that an event is not about. */
	if (!own)
		assert_int_equal(view(&s->before.port[i]),
				 view(&s->after.port[i]));
	/* Only the end of a reset enables, and it tells so. */
	if (gained(s, i) & USBIF_PORT_ENABLE) {
		assert_int_equal(kind, CLOCK_DUE);
		assert_true(lost(s, i) & USBIF_PORT_RESET);
		assert_true(view(&s->after.port[i]) &
			    USBIF_PORT_C_RESET << 16);
	}
	check_suspend(s, i);
	/* A device never appears, nor leaves a powered port, unannounced. */
	if ((gained(s, i) | lost(s, i)) & USBIF_PORT_CONNECTION &&
	    s->after.port[i].status & USBIF_PORT_POWER)
		assert_true(s->after.port[i].change & USBIF_PORT_C_CONNECTION);
	/* Only the guest acknowledges a change. */
	if (lost(s, i) & CHANGE_BITS)
		assert_int_equal(kind, GUEST_CLEARS);
}

static void check_step(const struct step *s)
{
	bool asked = s->event.kind == GUEST_SETS ||
		     s->event.kind == GUEST_CLEARS;
	uint64_t due_ms = usbif_hub_deadline(&s->after);
	uint8_t bitmap[4];

	assert_true(usbif_hub_valid(&s->after));
	for (int i = 0; i < 2; i++)
		check_port_step(s, i);
	if (!asked)
		assert_int_equal(s->said_changed, views_differ(s));
	if (asked && !s->said_changed)
		assert_same(&s->before, &s->after);
	/* What has been begun ends, and nothing is awaited otherwise. */
	assert_true(due_ms == USBIF_HUB_NEVER || due_ms == DUE_MS ||
		    due_ms == GUEST_CLOCK_MS + USBIF_HUB_RESUME_MS);
	if (s->event.kind == CLOCK_DUE)
		assert_true(due_ms == USBIF_HUB_NEVER);
	if ((view(&s->after.port[0]) | view(&s->after.port[1])) &
	    USBIF_PORT_RESET)
		assert_true(due_ms != USBIF_HUB_NEVER);
	assert_int_equal(usbif_hub_changes(&s->after, bitmap) != 0,
			 ((view(&s->after.port[0]) | view(&s->after.port[1])) &
			  CHANGE_BITS) != 0);
}

/* The next event behind e, or false after the last. */
static bool next_event(struct event *e, uint8_t num_ports)
{
	static const uint16_t values[KINDS] = {
		[GUEST_SETS] = COUNT_OF(features) - 1,
		[GUEST_CLEARS] = COUNT_OF(features) - 1,
		[BACKEND_CONNECTS] = USBIF_WIRE_SPEED_HIGH,
		[GUEST_ARMS] = 1,
	};
	bool per_port = e->kind <= GUEST_ARMS;

	if (e->value < values[e->kind]) {
		e->value++;
		return true;
	}
	e->value = 0;
	if (per_port && e->port < num_ports) {
		e->port++;
		return true;
	}
	e->kind++;
	e->port = e->kind <= GUEST_ARMS;
	return e->kind < KINDS;
}

/* The number of states reached, having checked every step out of each. */
static size_t explore(uint8_t num_ports, uint8_t usb_ver)
{
	struct usbif_hub start;
	struct seen seen;
	size_t count;

	seen_init(&seen, sizeof(start), 70000);
	usbif_hub_init(&start, num_ports, usb_ver);
	seen_add(&seen, &start);
	for (size_t i = 0; i < seen.count; i++) {
		struct event event = { .kind = GUEST_SETS, .port = 1 };

		do {
			struct step s = { .event = event };

			memcpy(&s.before, seen_at(&seen, i), sizeof(s.before));
			memcpy(&s.after, &s.before, sizeof(s.after));
			s.said_changed = take_step(&s.after, &event);
			check_step(&s);
			seen_add(&seen, &s.after);
		} while (next_event(&event, num_ports));
	}
	count = seen.count;
	seen_free(&seen);
	return count;
}

/*
 * A port is dark with a device of one of 3 speeds or none, 4 states; or
 * powered with any of 8 sets of change bits, and empty or with a device that
 * is idle, resetting, or, armed or not, enabled, suspended, suspended with the
 * bus or resuming, 8 * (1 + 3 * (2 + 2 * 4)) states.
 */
static void every_state_of_a_usb_2_hub_is_sound(void **state)
{
	(void)state;
	assert_int_equal(explore(2, 2), 252 * 252);
}

/* Ports do not differ, so one is enough for its other speeds. */
static void every_state_of_a_usb_1_hub_is_sound(void **state)
{
	(void)state;
	assert_int_equal(explore(1, 1), 252);
}

/* Damage one field of a good port after another. */
static void a_damaged_hub_is_not_valid(void **state)
{
	struct usbif_hub good, bad;

	(void)state;
	usbif_hub_init(&good, 2, 2);
	bad = good, bad.num_ports = 0;
	assert_false(usbif_hub_valid(&bad));
	bad = good, bad.num_ports = USBIF_MAX_PORTS + 1;
	assert_false(usbif_hub_valid(&bad));
	bad = good, bad.usb_ver = 3;
	assert_false(usbif_hub_valid(&bad));
	bad = good, bad.port[0].speed = 4;
	assert_false(usbif_hub_valid(&bad));
	bad = good, bad.port[1].speed = 4;
	assert_false(usbif_hub_valid(&bad));
	bad = good, bad.port[1].change = 1;
	assert_false(usbif_hub_valid(&bad));
	bad = good, bad.port[1].due_ms = 1;
	assert_false(usbif_hub_valid(&bad));
	bad = good, bad.port[1].status = USBIF_PORT_CONNECTION;
	assert_false(usbif_hub_valid(&bad));

	good.port[1].status = USBIF_PORT_POWER;
	assert_true(usbif_hub_valid(&good));
	bad = good, bad.port[1].change = USBIF_PORT_C_ENABLE;
	assert_false(usbif_hub_valid(&bad));
	bad = good, bad.port[1].due_ms = 1;
	assert_false(usbif_hub_valid(&bad));
	for (uint32_t bit = 1; bit < 0x10000; bit <<= 1) {
		bad = good, bad.port[1].status ^= (uint16_t)bit;
		assert_int_equal(usbif_hub_valid(&bad),
				 bit == USBIF_PORT_POWER);
	}
	usbif_hub_connect(&good, 2, USBIF_WIRE_SPEED_FULL);
	assert_true(usbif_hub_valid(&good));
	bad = good, bad.port[1].status |= USBIF_PORT_SUSPEND;
	assert_false(usbif_hub_valid(&bad));
	bad = good, bad.port[1].status |= USBIF_PORT_RESET;
	assert_false(usbif_hub_valid(&bad));
	bad = good, bad.port[1].wakeup = true;
	assert_false(usbif_hub_valid(&bad));
	bad = good, bad.port[1].by_bus = true;
	assert_false(usbif_hub_valid(&bad));

	good.port[1].status |= USBIF_PORT_ENABLE | USBIF_PORT_SUSPEND;
	assert_true(usbif_hub_valid(&good));
	good.port[1].due_ms = 1;
	assert_true(usbif_hub_valid(&good));
	bad = good, bad.port[1].by_bus = true;
	assert_false(usbif_hub_valid(&bad));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_state_of_a_usb_2_hub_is_sound),
		cmocka_unit_test(every_state_of_a_usb_1_hub_is_sound),
		cmocka_unit_test(a_damaged_hub_is_not_valid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
