/* SPDX-License-Identifier: MIT */
#include "usbif/xenbus.h"

#define NAME(prefix, name)	[USBIF_XB_##prefix##name] = #name

static const char *const state_names[] = {
	[USBIF_XB_UNKNOWN] = "Unknown",
	[USBIF_XB_INITIALISING] = "Initialising",
	[USBIF_XB_INITWAIT] = "InitWait",
	[USBIF_XB_INITIALISED] = "Initialised",
	[USBIF_XB_CONNECTED] = "Connected",
	[USBIF_XB_CLOSING] = "Closing",
	[USBIF_XB_CLOSED] = "Closed",
	[USBIF_XB_RECONFIGURING] = "Reconfiguring",
	[USBIF_XB_RECONFIGURED] = "Reconfigured",
	[USBIF_XB_UNSEEN] = "Unseen",
};

static const char *const front_names[USBIF_XB_F_N] = {
	NAME(F_, IDLE), NAME(F_, INIT), NAME(F_, RESET), NAME(F_, CONNECTING),
	NAME(F_, LINKED), NAME(F_, OFFERED), NAME(F_, UP), NAME(F_, DRAIN),
	NAME(F_, CUTTING), NAME(F_, LOST), NAME(F_, QUIET), NAME(F_, HELD),
	NAME(F_, CLOSING), NAME(F_, CLOSED), NAME(F_, FAILED),
	NAME(F_, ASLEEP), NAME(F_, GONE),
};

static const char *const back_names[USBIF_XB_B_N] = {
	NAME(B_, IDLE), NAME(B_, START), NAME(B_, SHOWN), NAME(B_, INITWAIT),
	NAME(B_, CONNECTING), NAME(B_, LINKED), NAME(B_, UNLINKED),
	NAME(B_, UNDO), NAME(B_, UNDONE), NAME(B_, UP), NAME(B_, DRAIN),
	NAME(B_, QUIET), NAME(B_, CLOSING), NAME(B_, CLOSED), NAME(B_, EVICT),
	NAME(B_, DEAD), NAME(B_, GONE),
};

static const char *const ev_names[USBIF_XB_EV_N] = {
	NAME(EV_, PROBE), NAME(EV_, PEER), NAME(EV_, OWN), NAME(EV_, PORTS),
	NAME(EV_, CONNECT_OK), NAME(EV_, CONNECT_FAILED), NAME(EV_, QUIESCED),
	NAME(EV_, FAULT), NAME(EV_, UNLOAD), NAME(EV_, SUSPEND),
	NAME(EV_, RESUMED), NAME(EV_, RESTORED), NAME(EV_, TICK),
};

static const char *const act_names[USBIF_XB_ACT_N] = {
	NAME(ACT_, SWITCH), NAME(ACT_, CONNECT), NAME(ACT_, OPEN),
	NAME(ACT_, READ_PORTS), NAME(ACT_, QUIESCE), NAME(ACT_, CUT),
	NAME(ACT_, RELEASE), NAME(ACT_, ARM), NAME(ACT_, FATAL),
	NAME(ACT_, SUSPENDED), NAME(ACT_, GONE),
};

static const char *const why_names[USBIF_XB_WHY_N] = {
	NAME(WHY_, NONE), NAME(WHY_, PEER_KEYS_ABSENT),
	NAME(WHY_, PEER_KEYS_BAD), NAME(WHY_, OWN_KEYS), NAME(WHY_, CONNECT),
	NAME(WHY_, FAULT),
};

static const char *const keys_names[USBIF_XB_KEYS_N] = {
	NAME(KEYS_, ABSENT), NAME(KEYS_, BAD), NAME(KEYS_, OK),
	NAME(KEYS_, SAME),
};

static const char *const key_names[USBIF_XB_KEY_N] = {
	[USBIF_XB_KEY_NUM_PORTS] = USBIF_KEY_NUM_PORTS,
	[USBIF_XB_KEY_USB_VER] = USBIF_KEY_USB_VER,
	[USBIF_XB_KEY_MAX_RING_PAGES] = USBIF_KEY_MAX_RING_PAGES,
	[USBIF_XB_KEY_MAX_REQUEST_PAGES] = USBIF_KEY_MAX_REQUEST_PAGES,
	[USBIF_XB_KEY_ENDPOINT_QUEUES] = USBIF_KEY_ENDPOINT_QUEUES,
	[USBIF_XB_KEY_RING_PAGES] = USBIF_KEY_RING_PAGES,
	[USBIF_XB_KEY_CONN_RING_REF] = USBIF_KEY_CONN_RING_REF,
	[USBIF_XB_KEY_EVENT_CHANNEL] = USBIF_KEY_EVENT_CHANNEL,
	[USBIF_XB_KEY_URB_RING_REF] = USBIF_KEY_URB_RING_REF,
	USBIF_KEY_URB_RING_REF "-1", USBIF_KEY_URB_RING_REF "-2",
	USBIF_KEY_URB_RING_REF "-3", USBIF_KEY_URB_RING_REF "-4",
	USBIF_KEY_URB_RING_REF "-5", USBIF_KEY_URB_RING_REF "-6",
	USBIF_KEY_URB_RING_REF "-7", USBIF_KEY_URB_RING_REF "-8",
	USBIF_KEY_URB_RING_REF "-9", USBIF_KEY_URB_RING_REF "-10",
	USBIF_KEY_URB_RING_REF "-11", USBIF_KEY_URB_RING_REF "-12",
	USBIF_KEY_URB_RING_REF "-13", USBIF_KEY_URB_RING_REF "-14",
	USBIF_KEY_URB_RING_REF "-15",
};

#define LOOK_UP(names, i) \
	((i) < 0 || (size_t)(i) >= sizeof(names) / sizeof((names)[0]) ? \
	 "?" : (names)[i])

const char *usbif_xb_state_name(int state)
{
	return LOOK_UP(state_names, state);
}

/* In the order in which the machines heed them. */
static const struct {
	uint8_t wish;
	const char *name;
} end_names[] = {
	{ USBIF_XB_WISH_UNLOAD, "the driver lets go" },
	{ USBIF_XB_WISH_OFFLINE, "detached" },
	{ USBIF_XB_WISH_RESTART, "begun anew" },
	{ USBIF_XB_WISH_UNFIT, "num-ports or usb-ver was changed" },
	{ USBIF_XB_WISH_CLOSE, "closed" },
	{ USBIF_XB_WISH_SUSPEND, "suspended" },
};

const char *usbif_xb_end_name(const struct usbif_xb *m)
{
	size_t i;

	for (i = 0; i < sizeof(end_names) / sizeof(end_names[0]); i++)
		if (m->wishes & end_names[i].wish)
			return end_names[i].name;
	return "";
}

const char *usbif_xb_front_state_name(int state)
{
	return LOOK_UP(front_names, state);
}

const char *usbif_xb_back_state_name(int state)
{
	return LOOK_UP(back_names, state);
}

const char *usbif_xb_ev_name(int kind)
{
	return LOOK_UP(ev_names, kind);
}

const char *usbif_xb_act_name(int kind)
{
	return LOOK_UP(act_names, kind);
}

const char *usbif_xb_why_name(int why)
{
	return LOOK_UP(why_names, why);
}

const char *usbif_xb_keys_name(int keys)
{
	return LOOK_UP(keys_names, keys);
}

const char *usbif_xb_key_name(int key)
{
	return LOOK_UP(key_names, key);
}
