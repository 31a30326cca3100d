/* SPDX-License-Identifier: MIT */
/*
 * A guest, the two ends, a host controller and its devices, in one world; each
 * file has one of them, and happen() in joined.c decides what is next.
 */
#ifndef FUZZ_JOINED_H
#define FUZZ_JOINED_H

#include "reference.h"

#include "usbif/back.h"
#include "usbif/front.h"

#define PACKET		64u
#define RING_PAGES	2u
#define PORT		1u	/* the only one that devices come to */
#define NOBODY		0xffffu	/* an URB that is none of the reference's */

/*
 * What the shared pages of a request are: octets of that URB, and of an
 * isochronous one its descriptors.
 */
struct piece {
	uint16_t urb;		/* of the reference, or NOBODY */
	uint32_t endpoint;
	uint32_t offset, length;
	bool is_last;		/* of its URB */
	uint32_t packets;
	uint8_t descs[REF_PACKETS * USBIF_WIRE_ISO_DESC_OCTETS];
};

/* A request that the back has taken. */
struct transfer {
	struct piece piece;
	uint16_t device;	/* that it was handed to */
	uint32_t actual, errors;
	uint32_t packets_done;
	struct usbif_msg_iso iso[REF_PACKETS];
	bool in, cancelled;
};

/* Who drives the device: the guest's hub driver does, but for READY. */
enum guest_state { NO_DEVICE, TO_RESET, RESETTING, ADDRESSING, READY };

struct guest {
	enum guest_state state;
	bool flush;		/* nothing is reset before all URBs are back */
	uint16_t device;	/* its number, as in reference.h */
	uint8_t addr, next_addr;
	uint16_t own;		/* the hub driver's URB, or NOBODY */
	uint64_t now_ms;
	bool addressed;		/* the device had an address already */
	uint32_t resets;	/* of it, when it got that */
	bool dead;		/* its end of the connection is shut down */
};

struct world {
	struct tape tape;
	enum ref_peers peers;
	struct usbif_front front;
	struct usbif_back back;
	uint32_t urb_pages[RING_PAGES * 1024], conn_page[1024];
	struct guest guest;

	/* by entry of the front */
	uint16_t number[USBIF_MAX_URBS];	/* of the reference, or NOBODY */
	bool given[USBIF_MAX_URBS];
	int32_t status[USBIF_MAX_URBS];		/* once given */
	uint32_t have[USBIF_MAX_URBS];		/* octets that came or went */
	struct usbif_msg_iso iso[USBIF_MAX_URBS][REF_PACKETS];

	struct piece piece[USBIF_MAX_SLOTS];	/* by id */
	struct transfer transfer[USBIF_MAX_SLOTS];	/* by slot */

	/* the port of the back, and who was there when the front was told */
	uint16_t device;	/* number of the latest that was plugged */
	uint8_t what;		/* it is */
	bool described, resetting, resting, closed;
	uint32_t resets;	/* that were done to it */
	uint16_t depth;		/* of the host controller of who is there */
	bool goes_on;		/* it does not stop by itself */
	uint16_t told[512];	/* by slot of the connection ring */

	uint16_t hc[REF_ENDPOINTS][USBIF_MAX_SLOTS];	/* slots, in order */
	uint16_t in_hc[REF_ENDPOINTS];
	bool halted[REF_ENDPOINTS];
};

extern struct world w;

/* Endpoint 0 is control, 1 to 3 are OUT, 4 to 6 IN: bulk, interrupt, iso. */
static inline uint8_t ep_of(uint32_t endpoint)
{
	return (uint8_t)(endpoint > 3 ? endpoint - 3 : endpoint);
}

static inline uint8_t type_of(uint32_t endpoint)
{
	static const uint8_t types[] = {
		USBIF_XFER_CTRL, USBIF_XFER_BULK, USBIF_XFER_INT,
		USBIF_XFER_ISO,
	};

	return types[ep_of(endpoint)];
}

static inline bool is_iso(uint32_t endpoint)
{
	return type_of(endpoint) == USBIF_XFER_ISO;
}

/* joined_guest.c: a driver, and our front or an old one */
void guest_begin(void);
void guest_submit(void);
void guest_unlink(uint16_t entry);
void guest_retire(uint16_t entry);
int guest_send(const struct usbif_front_urb *u, uint16_t number);
void guest_drain(void);
void guest_unlink_all(void);
bool guest_is_idle(void);
/* The event channel: so many answers, every change of a port, then duties. */
void guest_event(uint32_t answers);
/* The connection is over for it. */
void guest_shutdown(void);
/* What is put into the pages of a request, and where they are. */
void guest_fill(struct piece *piece, uint16_t number,
		const struct usbif_front_urb *u, uint32_t offset,
		uint32_t length);
void guest_fill_segs(struct usbif_msg_seg *seg, uint32_t length,
		     uint32_t packets);
/* Its completion routine is about to be called. */
void guest_given_back(uint16_t entry, int32_t status, uint32_t length);
/* What an answer brought: octets, and what its packets say. */
void guest_received(uint16_t entry, const struct piece *piece,
		    uint32_t actual);

/* joined_hub.c: the guest's hub driver */
void hub_begin(void);
void hub_port_changed(uint16_t device);
void hub_wants_reset(void);
void hub_step(void);
void hub_own_is_back(int32_t status);

/* joined_old.c: a front that does not know the extension, as Linux' is */
void old_begin(void);
int old_submit(const struct usbif_front_urb *u);
int old_unlink(uint16_t entry);
void old_retired(uint16_t entry);
void old_push(void);
void old_take(uint32_t answers);
void old_shutdown(void);
bool old_is_idle(void);

/* joined_old_back.c: a back that does not know the extension, as QEMU's is */
void old_back_begin(void);
void old_back_event(uint32_t requests);
void old_back_answers(void);
void old_back_done(uint16_t slot, int32_t status);

/* joined_back.c: a back's shim */
void back_begin(uint16_t depth);
void back_drain(void);
void back_event(uint32_t requests);
void back_answers(void);
void back_tell(void);
void back_plug(void);
void back_unplug(void);
void back_reset_done(bool ok);
void back_rested(void);
void back_close(void);
void back_die(void);
bool back_is_closed(void);
void back_done(uint16_t slot, int32_t status);

/* joined_hc.c: a host controller, and the device behind it */
void hc_begin(void);
void hc_submit(uint16_t slot);
void hc_step(uint32_t endpoint, uint8_t what);

#endif
