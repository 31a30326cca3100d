// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * xenbus events in, actions of usbif/xenbus.h out.  Nothing is decided here.
 */
#include <linux/ktime.h>
#include <linux/slab.h>
#include <xen/events.h>
#include <xen/xen.h>

#include "usbfront.h"

/* Between two looks at the backend while remove() waits for it. */
#define POLL_MS		50

/* Octets of a foreign value that are worth a place in the log. */
#define SHOWN		24

/* "No event", for a step that leads to no other. */
#define NO_EVENT	USBIF_XB_EV_N

static const struct usbif_xb_offer *offer(void)
{
	static struct usbif_xb_offer o;

	o.ring_pages = usbfront_ring_pages();
	o.queues_rev = 1;
	o.request_pages = usbfront_request_pages();
	return &o;
}

/* A node as text, or null; to be freed. */
static char *read_text(struct xenbus_transaction xbt, const char *dir,
		       const char *node)
{
	char *text = xenbus_read(xbt, dir, node, NULL);

	return IS_ERR(text) ? NULL : text;
}

/* What is wrong with a key, for the log line of a FATAL. */
static void describe(struct usbfront *uf, const struct usbif_xb_texts *texts,
		     const struct usbif_xb_bad *bad)
{
	const char *name = usbif_xb_key_name(bad->key);
	const char *text = texts->text[bad->key];

	uf->why_err = -EINVAL;
	if (text)
		snprintf(uf->why, sizeof(uf->why),
			 "%s of the backend is \"%*pE\", must be %u..%u",
			 name, (int)min_t(size_t, strlen(text), SHOWN), text,
			 bad->min, bad->max);
	else
		snprintf(uf->why, sizeof(uf->why),
			 "%s of the backend is missing", name);
}

/* Read the backend's keys into uf->agreed.  Returns enum usbif_xb_keys. */
static u8 read_keys(struct usbfront *uf)
{
	static const u8 keys[] = {
		USBIF_XB_KEY_NUM_PORTS, USBIF_XB_KEY_USB_VER,
		USBIF_XB_KEY_MAX_RING_PAGES, USBIF_XB_KEY_MAX_REQUEST_PAGES,
		USBIF_XB_KEY_ENDPOINT_QUEUES,
	};
	struct usbif_xb_texts texts = { };
	struct usbif_xb_config config;
	struct usbif_xb_bad bad;
	int i, result;

	for (i = 0; i < ARRAY_SIZE(keys); i++)
		texts.text[keys[i]] = read_text(XBT_NIL, uf->xbdev->otherend,
						usbif_xb_key_name(keys[i]));
	result = usbif_xb_negotiate_front(&texts, offer(), &config, &bad);
	if (result == USBIF_XB_KEYS_OK) {
		uf->agreed.num_ports = config.num_ports;
		uf->agreed.usb_ver = config.usb_ver;
		uf->agreed.ring_pages = config.ring_pages;
		uf->agreed.request_pages = config.request_pages;
		uf->agreed.extended = config.queues_rev != 0;
		uf->agreed.depth = USBIF_FRONT_DEPTH;
	} else {
		describe(uf, &texts, &bad);
	}
	for (i = 0; i < ARRAY_SIZE(keys); i++)
		kfree(texts.text[keys[i]]);
	return result;
}

static int write_ring_refs(struct usbfront *uf, struct xenbus_transaction xbt)
{
	const char *dir = uf->xbdev->nodename;
	int i, err = 0;

	for (i = 0; i < uf->config.ring_pages && !err; i++)
		err = xenbus_printf(xbt, dir,
				    usbif_xb_key_name(USBIF_XB_KEY_URB_RING_REF
						      + i),
				    "%u", uf->urb_ref[i]);
	return err;
}

static int write_keys(struct usbfront *uf, struct xenbus_transaction xbt)
{
	const char *dir = uf->xbdev->nodename;
	int err = write_ring_refs(uf, xbt);

	if (!err)
		err = xenbus_printf(xbt, dir, USBIF_KEY_RING_PAGES, "%u",
				    uf->config.ring_pages);
	if (!err)
		err = xenbus_printf(xbt, dir, USBIF_KEY_CONN_RING_REF, "%u",
				    uf->conn_ref);
	if (!err)
		err = xenbus_printf(xbt, dir, USBIF_KEY_EVENT_CHANNEL, "%u",
				    uf->evtchn);
	if (!err)
		err = xenbus_printf(xbt, dir, USBIF_KEY_ENDPOINT_QUEUES, "%u",
				    uf->config.extended);
	return err;
}

static u8 connect(struct usbfront *uf)
{
	int err;

	uf->config = uf->agreed;
	err = usbfront_link_up(uf);
	uf->why_err = err;
	if (err == -EDQUOT)
		snprintf(uf->why, sizeof(uf->why),
			 "the backend has kept %u pages of earlier connections: it gets no more",
			 uf->left_behind);
	else if (err)
		snprintf(uf->why, sizeof(uf->why),
			 "cannot connect with %u ring pages and requests of %u KiB: %pe",
			 uf->config.ring_pages,
			 uf->config.request_pages *
				 USBIF_WIRE_PAGE_OCTETS / 1024, ERR_PTR(err));
	return err ? USBIF_XB_EV_CONNECT_FAILED : USBIF_XB_EV_CONNECT_OK;
}

static u8 own_state(struct usbfront *uf, struct xenbus_transaction xbt)
{
	char *text = read_text(xbt, uf->xbdev->nodename, "state");
	u8 state = usbif_xb_parse_state(text);

	kfree(text);
	return state;
}

/* Returns 1 if the toolstack has changed the node, so that ours is moot. */
static int write_state(struct usbfront *uf, const struct usbif_xb_act *act,
		       struct xenbus_transaction xbt)
{
	u8 own = own_state(uf, xbt);
	int err = 0;

	if (own == USBIF_XB_UNKNOWN ||
	    (act->from != USBIF_XB_UNKNOWN && own != act->from))
		return 1;
	if (act->state == USBIF_XB_CONNECTED)
		err = write_keys(uf, xbt);
	if (!err)
		err = xenbus_printf(xbt, uf->xbdev->nodename, "state", "%u",
				    act->state);
	return err;
}

static void switch_state(struct usbfront *uf, const struct usbif_xb_act *act)
{
	struct xenbus_transaction xbt;
	int err, skip = 0;

	do {
		err = xenbus_transaction_start(&xbt);
		if (err)
			break;
		skip = write_state(uf, act, xbt);
		err = xenbus_transaction_end(xbt, skip != 0);
		if (skip < 0)
			err = skip;
	} while (err == -EAGAIN);
	if (err)
		xenbus_dev_error(uf->xbdev, err, "writing state %s",
				 usbif_xb_state_name(act->state));
	else if (!skip)
		uf->xbdev->state = (enum xenbus_state)act->state;
}

static void describe_fault(struct usbfront *uf)
{
	enum usbif_fault fault = uf->front ? usbif_front_fault(uf->front) :
					     USBIF_FAULT_NONE;
	char which[32] = "";

	uf->why_err = -EPROTO;
	if (uf->suspect != USBIF_NONE)
		snprintf(which, sizeof(which), ", answer to request %u",
			 uf->suspect);
	snprintf(uf->why, sizeof(uf->why), "the backend broke the protocol: %s%s",
		 usbif_fault_name(fault), which);
}

/* One line, and the error node.  A backend cannot flood the log. */
static void fatal(struct usbfront *uf, u8 why)
{
	if (why == USBIF_XB_WHY_FAULT)
		describe_fault(uf);
	if (__ratelimit(&uf->complaints))
		xenbus_dev_error(uf->xbdev, uf->why_err, "%s", uf->why);
}

static void log_begin(const struct usbfront *uf)
{
	dev_info_ratelimited(&uf->xbdev->dev,
		"connected to domain %u: %u ports, USB %u, %u ring pages, requests of %u KiB, endpoint queues %s\n",
		uf->xbdev->otherend_id, uf->config.num_ports,
		uf->config.usb_ver, uf->config.ring_pages,
		uf->config.request_pages * USBIF_WIRE_PAGE_OCTETS / 1024,
		uf->config.extended ? "guaranteed by both ends" :
				      "kept by this end alone");
}

/* One line for what was connected, with the reason. */
static void log_end(const struct usbfront *uf)
{
	const struct device *dev = &uf->xbdev->dev;
	const char *why = usbif_xb_end_name(&uf->xb.m);
	unsigned int domid = uf->xbdev->otherend_id;

	if (!uf->open)
		return;
	if (usbif_front_fault(uf->front) != USBIF_FAULT_NONE)
		why = "after a fault";
	if (*why)
		dev_info_ratelimited(dev, "disconnected from domain %u: %s\n",
				     domid, why);
	else
		dev_info_ratelimited(dev,
			"disconnected from domain %u: the backend is %s\n",
			domid, usbif_xb_state_name(uf->xb.m.peer));
}

static void arm(struct usbfront *uf, u64 at_ms)
{
	u64 now = ktime_to_ms(ktime_get());

	mod_delayed_work(system_wq, &uf->xb_tick,
			 msecs_to_jiffies(at_ms > now ? at_ms - now : 0) + 1);
}

/* Perform one action.  Returns the event that answers it, or NO_EVENT. */
static u8 perform(struct usbfront *uf, const struct usbif_xb_act *act)
{
	switch ((enum usbif_xb_act_kind)act->kind) {
	case USBIF_XB_ACT_SWITCH:
		switch_state(uf, act);
		break;
	case USBIF_XB_ACT_CONNECT:
		return connect(uf);
	case USBIF_XB_ACT_OPEN:
		log_begin(uf);
		usbfront_link_open(uf);
		break;
	case USBIF_XB_ACT_QUIESCE:
		log_end(uf);
		schedule_work(&uf->quiesce_work);
		break;
	case USBIF_XB_ACT_CUT:
		usbfront_link_cut(uf);
		break;
	case USBIF_XB_ACT_RELEASE:
		usbfront_link_down(uf);
		break;
	case USBIF_XB_ACT_ARM:
		arm(uf, act->at_ms);
		break;
	case USBIF_XB_ACT_FATAL:
		fatal(uf, act->why);
		break;
	case USBIF_XB_ACT_GONE:
		complete_all(&uf->gone);
		break;
	case USBIF_XB_ACT_READ_PORTS:
	case USBIF_XB_ACT_SUSPENDED:
	case USBIF_XB_ACT_N:
		break;
	}
	return NO_EVENT;
}

/*
 * One event and its actions.  *answer is set to the event that answers one of
 * them at once, and else left alone.
 */
static void deliver(struct usbfront *uf, u8 kind, u8 *answer)
{
	struct usbif_xb_acts acts;
	struct usbif_xb_ev ev;
	u32 i;

	memset(&ev, 0, sizeof(ev));
	ev.now_ms = ktime_to_ms(ktime_get());
	ev.kind = kind;
	if (kind == USBIF_XB_EV_PROBE || kind == USBIF_XB_EV_OWN)
		ev.own = own_state(uf, XBT_NIL);
	if (kind == USBIF_XB_EV_PEER)
		ev.peer = xenbus_read_driver_state(uf->xbdev->otherend);
	if (ev.peer == USBIF_XB_INITWAIT)
		ev.keys = read_keys(uf);
	if (usbif_xb_front_step(&uf->xb, &ev, &acts) != USBIF_OK)
		return;
	usbfront_note_state(uf, kind);
	for (i = 0; i < acts.n; i++) {
		u8 next = perform(uf, &acts.v[i]);

		if (next != NO_EVENT)
			*answer = next;
	}
}

/*
 * An event, after a look at both ends' states, and what answers it; under
 * uf->xb_lock.
 */
static void step_locked(struct usbfront *uf, u8 kind)
{
	u8 answer;

	while (kind != NO_EVENT) {
		answer = NO_EVENT;
		if (kind != USBIF_XB_EV_PROBE && kind != USBIF_XB_EV_RESTORED) {
			deliver(uf, USBIF_XB_EV_OWN, &answer);
			deliver(uf, USBIF_XB_EV_PEER, &answer);
		}
		if (kind != USBIF_XB_EV_PEER)
			deliver(uf, kind, &answer);
		kind = answer;
	}
}

static void step(struct usbfront *uf, u8 kind)
{
	mutex_lock(&uf->xb_lock);
	step_locked(uf, kind);
	mutex_unlock(&uf->xb_lock);
}

static void xb_tick(struct work_struct *work)
{
	step(container_of(work, struct usbfront, xb_tick.work),
	     USBIF_XB_EV_TICK);
}

static void fault_work(struct work_struct *work)
{
	step(container_of(work, struct usbfront, fault_work),
	     USBIF_XB_EV_FAULT);
}

/* Removing the HCD unlinks every URB and waits until it has been given back. */
static void quiesce_work(struct work_struct *work)
{
	struct usbfront *uf = container_of(work, struct usbfront, quiesce_work);

	usbfront_hcd_remove(uf);
	step(uf, USBIF_XB_EV_QUIESCED);
}

static int usbfront_probe(struct xenbus_device *xbdev,
			  const struct xenbus_device_id *id)
{
	struct usbfront *uf = kvzalloc(sizeof(*uf), GFP_KERNEL);

	if (!uf)
		return -ENOMEM;
	uf->xbdev = xbdev;
	if (kstrtouint(kbasename(xbdev->nodename), 10, &uf->nr))
		uf->nr = 0;
	mutex_init(&uf->xb_lock);
	spin_lock_init(&uf->lock);
	init_completion(&uf->gone);
	INIT_DELAYED_WORK(&uf->xb_tick, xb_tick);
	INIT_WORK(&uf->fault_work, fault_work);
	INIT_WORK(&uf->quiesce_work, quiesce_work);
	usbif_xb_front_init(&uf->xb);
	ratelimit_state_init(&uf->complaints, 10 * HZ, 5);
	/* What was left out is told when the controller goes. */
	ratelimit_set_flags(&uf->complaints, RATELIMIT_MSG_ON_RELEASE);
	uf->seen = uf->xb.m;
	dev_set_drvdata(&xbdev->dev, uf);
	usbfront_show_add(uf);
	step(uf, USBIF_XB_EV_PROBE);
	return 0;
}

static void backend_changed(struct xenbus_device *xbdev,
			    enum xenbus_state state)
{
	step(usbfront_of(xbdev), USBIF_XB_EV_PEER);
}

/* xenbus has taken our watch away: look at the backend ourselves. */
static void usbfront_remove(struct xenbus_device *xbdev)
{
	struct usbfront *uf = usbfront_of(xbdev);

	step(uf, USBIF_XB_EV_UNLOAD);
	while (!wait_for_completion_timeout(&uf->gone,
					    msecs_to_jiffies(POLL_MS))) {
		step(uf, USBIF_XB_EV_TICK);
	}
	cancel_delayed_work_sync(&uf->xb_tick);
	cancel_work_sync(&uf->fault_work);
	cancel_work_sync(&uf->quiesce_work);
	usbfront_show_remove(uf);
	ratelimit_state_exit(&uf->complaints);
	dev_set_drvdata(&xbdev->dev, NULL);
	kvfree(uf);
}

/*
 * Older kernels call resume() after a sleep of the guest, too.  What tells the
 * two apart is that a restored kernel has dropped every event channel.
 */
static bool is_restored(struct usbfront *uf)
{
	bool restored;

	mutex_lock(&uf->xb_lock);
	restored = !uf->irq || irq_from_evtchn(uf->evtchn) != uf->irq;
	/* xenbus has set it to Initialising, as if all began anew. */
	if (!restored)
		uf->xbdev->state = (enum xenbus_state)uf->xb.m.own;
	mutex_unlock(&uf->xb_lock);
	return restored;
}

/*
 * There is neither suspend() nor thaw(): before this end goes to sleep, usbcore
 * has taken every URB back, and what the backend says meanwhile waits on the
 * rings.  So after a sleep, and after a suspend that was cancelled, the old
 * connection just goes on.
 */
static int usbfront_resume(struct xenbus_device *xbdev)
{
	struct usbfront *uf = usbfront_of(xbdev);

	step(uf, is_restored(uf) ? USBIF_XB_EV_RESTORED : USBIF_XB_EV_PEER);
	return 0;
}

static const struct xenbus_device_id usbfront_ids[] = {
	{ "vusb" },
	{ "" }
};

static struct xenbus_driver usbfront_driver = {
	.name = "xen-usbfront",
	.ids = usbfront_ids,
	.probe = usbfront_probe,
	.remove = usbfront_remove,
	.resume = usbfront_resume,
	.otherend_changed = backend_changed,
	.not_essential = true,
	.allow_rebind = true,
};

/*
 * Without an owner a bound device holds no reference to the module, as with
 * any PCI host controller, so that it can be removed at any time: each
 * controller is then taken from its guest's drivers first.
 */
int usbfront_xenbus_register(void)
{
	return __xenbus_register_frontend(&usbfront_driver, NULL,
					  KBUILD_MODNAME);
}

void usbfront_xenbus_unregister(void)
{
	xenbus_unregister_driver(&usbfront_driver);
}
