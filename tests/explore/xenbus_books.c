/* SPDX-License-Identifier: MIT */
#include "xenbus_books.h"

static const char *enter_switch(const struct end *e, unsigned int state,
				bool front)
{
	if (state == USBIF_XB_CONNECTED && !e->rings)
		return "Connected without rings";
	if (state == USBIF_XB_CLOSED && e->rings)
		return "Closed with rings";
	if (state == USBIF_XB_CLOSING && e->rings && !front)
		return "back: Closing with rings mapped";
	return NULL;
}

static const char *enter_connect(struct end *e)
{
	if (e->rings || e->connecting || e->quiescing)
		return "CONNECT with rings held or an answer due";
	e->connecting = 1;
	return NULL;
}

static const char *enter_open(struct end *e)
{
	if (!e->rings || e->open)
		return "OPEN without rings, or twice";
	if (e->m.own != USBIF_XB_CONNECTED)
		return "OPEN and not Connected";
	e->open = 1;
	e->quiesced = 0;
	return NULL;
}

static const char *enter_quiesce(struct end *e)
{
	if (!e->rings)
		return "QUIESCE without rings";
	if (e->quiescing || e->quiesced)
		return "QUIESCE twice";
	e->quiescing = 1;
	e->open = 0;
	return NULL;
}

static const char *enter_release(struct end *e)
{
	if (!e->rings)
		return "RELEASE without rings";
	if (!e->quiesced)
		return "RELEASE before QUIESCED";
	e->rings = 0;
	e->quiesced = 0;
	return NULL;
}

static bool is_quiet(const struct end *e)
{
	return !e->open && !e->connecting && !e->quiescing &&
	       (!e->rings || e->quiesced);
}

const char *books_enter(struct end *e, uint16_t act, bool front)
{
	switch ((enum usbif_xb_act_kind)(act & 0xf)) {
	case USBIF_XB_ACT_SWITCH:
		return enter_switch(e, act >> 4 & 0xf, front);
	case USBIF_XB_ACT_CONNECT:
		return enter_connect(e);
	case USBIF_XB_ACT_OPEN:
		return enter_open(e);
	case USBIF_XB_ACT_READ_PORTS:
		return !front && e->open ? NULL : "READ_PORTS and not open";
	case USBIF_XB_ACT_QUIESCE:
		return enter_quiesce(e);
	case USBIF_XB_ACT_CUT:
		/* it may cross QUIESCED */
		return front && (e->quiescing || e->quiesced) ? NULL :
			"CUT without QUIESCE";
	case USBIF_XB_ACT_RELEASE:
		return enter_release(e);
	case USBIF_XB_ACT_SUSPENDED:
		return front && is_quiet(e) ? NULL : "SUSPENDED and not quiet";
	case USBIF_XB_ACT_GONE:
		if (!e->leaving)
			return "GONE without UNLOAD";
		return is_quiet(e) && !e->rings ? NULL :
			"GONE with something held";
	case USBIF_XB_ACT_ARM:
	case USBIF_XB_ACT_FATAL:
		return NULL;
	case USBIF_XB_ACT_N:
		break;
	}
	return "no such action";
}

void books_drop(struct end *e)
{
	e->rings = 0;
	e->connecting = 0;
	e->quiescing = 0;
	e->quiesced = 0;
	e->open = 0;
}
