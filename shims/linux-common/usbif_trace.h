/* SPDX-License-Identifier: MIT */
/*
 * Tracepoints of both modules: every message of the rings, every stop and
 * restart of a queue, every state of xenbus, every fault.  A module says with
 * USBIF_TRACE_SYSTEM below which name in events/ its own are found; one of its
 * files defines CREATE_TRACE_POINTS.  Names are recorded as text, so that a
 * trace that was taken elsewhere can be read without this source.
 *
 * docs/OPERATING.md says how to use them.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM	USBIF_TRACE_SYSTEM

#if !defined(USBIF_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define USBIF_TRACE_H

#include <linux/string.h>
#include <linux/tracepoint.h>

#include "usbif/back.h"
#include "usbif/xenbus.h"

#ifndef USBIF_TRACE_EVENT
#define USBIF_TRACE_EVENT
/* What a message is about, as far as its tracepoint shows it. */
struct usbif_trace {
	u16 domid;		/* the other end's domain */
	u16 controller;		/* its number there */
	u16 id;			/* of the request */
	u16 target;		/* unlink: the id that is to be cancelled */
	u8 port;
	u8 ep;
	u8 type;		/* enum usbif_xfer */
	bool in;
	u16 flags;		/* USBIF_WIRE_FLAG_* */
	u32 length;		/* octets asked for, or that moved */
	s32 status;		/* USBIF_WIRE_ST_* */
	const u8 *setup;	/* control: the 8 octets */
};
#endif

TRACE_EVENT(usbif_request,
	TP_PROTO(const struct usbif_trace *t),
	TP_ARGS(t),
	TP_STRUCT__entry(
		__field(u16, domid)
		__field(u16, controller)
		__field(u8, port)
		__field(u8, ep)
		__field(bool, in)
		__array(char, type, 12)
		__field(u16, id)
		__field(u32, length)
		__field(u16, flags)
		__field(u8, setup_octets)
		__array(u8, setup, 8)
	),
	TP_fast_assign(
		__entry->domid = t->domid;
		__entry->controller = t->controller;
		__entry->port = t->port;
		__entry->ep = t->ep;
		__entry->in = t->in;
		strscpy(__entry->type, usbif_xfer_name(t->type), 12);
		__entry->id = t->id;
		__entry->length = t->length;
		__entry->flags = t->flags;
		__entry->setup_octets = t->type == USBIF_XFER_CTRL ? 8 : 0;
		if (t->type == USBIF_XFER_CTRL)
			memcpy(__entry->setup, t->setup, 8);
		else
			memset(__entry->setup, 0, 8);
	),
	TP_printk("domain %u controller %u port %u endpoint %u %s %s id %u length %u flags %s setup %s",
		  __entry->domid, __entry->controller, __entry->port,
		  __entry->ep, __entry->in ? "in" : "out", __entry->type,
		  __entry->id, __entry->length,
		  __print_flags(__entry->flags, "|",
				{ 1, "short-not-ok" }, { 2, "restart" }),
		  __print_hex(__entry->setup, __entry->setup_octets))
);

TRACE_EVENT(usbif_unlink,
	TP_PROTO(const struct usbif_trace *t),
	TP_ARGS(t),
	TP_STRUCT__entry(
		__field(u16, domid)
		__field(u16, controller)
		__field(u8, port)
		__field(u8, ep)
		__field(bool, in)
		__field(u16, id)
		__field(u16, target)
	),
	TP_fast_assign(
		__entry->domid = t->domid;
		__entry->controller = t->controller;
		__entry->port = t->port;
		__entry->ep = t->ep;
		__entry->in = t->in;
		__entry->id = t->id;
		__entry->target = t->target;
	),
	TP_printk("domain %u controller %u port %u endpoint %u %s id %u unlinks id %u",
		  __entry->domid, __entry->controller, __entry->port,
		  __entry->ep, __entry->in ? "in" : "out", __entry->id,
		  __entry->target)
);

TRACE_EVENT(usbif_answer,
	TP_PROTO(const struct usbif_trace *t),
	TP_ARGS(t),
	TP_STRUCT__entry(
		__field(u16, domid)
		__field(u16, controller)
		__field(u8, port)
		__field(u8, ep)
		__field(bool, in)
		__field(u16, id)
		__field(u32, length)
		__array(char, status, 16)
	),
	TP_fast_assign(
		__entry->domid = t->domid;
		__entry->controller = t->controller;
		__entry->port = t->port;
		__entry->ep = t->ep;
		__entry->in = t->in;
		__entry->id = t->id;
		__entry->length = t->length;
		strscpy(__entry->status, usbif_status_name(t->status), 16);
	),
	TP_printk("domain %u controller %u port %u endpoint %u %s id %u status %s length %u",
		  __entry->domid, __entry->controller, __entry->port,
		  __entry->ep, __entry->in ? "in" : "out", __entry->id,
		  __entry->status, __entry->length)
);

DECLARE_EVENT_CLASS(usbif_queue,
	TP_PROTO(const struct usbif_trace *t),
	TP_ARGS(t),
	TP_STRUCT__entry(
		__field(u16, domid)
		__field(u16, controller)
		__field(u8, port)
		__field(u8, ep)
		__field(bool, in)
	),
	TP_fast_assign(
		__entry->domid = t->domid;
		__entry->controller = t->controller;
		__entry->port = t->port;
		__entry->ep = t->ep;
		__entry->in = t->in;
	),
	TP_printk("domain %u controller %u port %u endpoint %u %s",
		  __entry->domid, __entry->controller, __entry->port,
		  __entry->ep, __entry->in ? "in" : "out")
);
DEFINE_EVENT(usbif_queue, usbif_stop,
	TP_PROTO(const struct usbif_trace *t),
	TP_ARGS(t)
);
DEFINE_EVENT(usbif_queue, usbif_restart,
	TP_PROTO(const struct usbif_trace *t),
	TP_ARGS(t)
);

TRACE_EVENT(usbif_port,
	TP_PROTO(u16 domid, u16 controller, u8 port, u8 speed),
	TP_ARGS(domid, controller, port, speed),
	TP_STRUCT__entry(
		__field(u16, domid)
		__field(u16, controller)
		__field(u8, port)
		__array(char, speed, 8)
	),
	TP_fast_assign(
		__entry->domid = domid;
		__entry->controller = controller;
		__entry->port = port;
		strscpy(__entry->speed, usbif_speed_name(speed), 8);
	),
	TP_printk("domain %u controller %u port %u speed %s",
		  __entry->domid, __entry->controller, __entry->port,
		  __entry->speed)
);

TRACE_EVENT(usbif_state,
	TP_PROTO(u16 domid, u16 controller, const char *event,
		 const char *machine, const struct usbif_xb *m),
	TP_ARGS(domid, controller, event, machine, m),
	TP_STRUCT__entry(
		__field(u16, domid)
		__field(u16, controller)
		__array(char, event, 16)
		__array(char, machine, 12)
		__array(char, own, 16)
		__array(char, peer, 16)
	),
	TP_fast_assign(
		__entry->domid = domid;
		__entry->controller = controller;
		strscpy(__entry->event, event, 16);
		strscpy(__entry->machine, machine, 12);
		strscpy(__entry->own, usbif_xb_state_name(m->own), 16);
		strscpy(__entry->peer, usbif_xb_state_name(m->peer), 16);
	),
	TP_printk("domain %u controller %u event %s machine %s own %s other %s",
		  __entry->domid, __entry->controller, __entry->event,
		  __entry->machine, __entry->own, __entry->peer)
);

TRACE_EVENT(usbif_fault,
	TP_PROTO(u16 domid, u16 controller, enum usbif_fault fault, u16 id),
	TP_ARGS(domid, controller, fault, id),
	TP_STRUCT__entry(
		__field(u16, domid)
		__field(u16, controller)
		__array(char, fault, 20)
		__field(u16, id)
	),
	TP_fast_assign(
		__entry->domid = domid;
		__entry->controller = controller;
		strscpy(__entry->fault, usbif_fault_name(fault), 20);
		__entry->id = id;
	),
	TP_printk("domain %u controller %u fault %s id %u",
		  __entry->domid, __entry->controller, __entry->fault,
		  __entry->id)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH	.
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE	usbif_trace
#include <trace/define_trace.h>
