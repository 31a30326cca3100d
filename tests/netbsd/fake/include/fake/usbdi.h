/* SPDX-License-Identifier: MIT */
/* What NetBSD's USB stack and its host controller drivers share. */
#ifndef FAKE_USBDI_H
#define FAKE_USBDI_H

#include <fake/kernel.h>
#include <fake/usb.h>

struct usbd_bus;
struct usbd_device;
struct usbd_interface;
struct usbd_pipe;
struct usbd_port;
struct usbd_xfer;

typedef enum {
	USBD_NORMAL_COMPLETION,
	USBD_IN_PROGRESS,
	USBD_PENDING_REQUESTS,
	USBD_NOT_STARTED,
	USBD_INVAL,
	USBD_NOMEM,
	USBD_CANCELLED,
	USBD_BAD_ADDRESS,
	USBD_IN_USE,
	USBD_NO_ADDR,
	USBD_SET_ADDR_FAILED,
	USBD_NO_POWER,
	USBD_TOO_DEEP,
	USBD_IOERROR,
	USBD_NOT_CONFIGURED,
	USBD_TIMEOUT,
	USBD_SHORT_XFER,
	USBD_STALLED,
	USBD_INTERRUPTED,
	USBD_ERROR_MAX
} usbd_status;

typedef void (*usbd_callback)(struct usbd_xfer *, void *, usbd_status);

#define USBD_DEFAULT_INTERVAL	(-1)
#define USBD_EXCLUSIVE_USE	0x01
#define USBD_MPSAFE		0x80
#define USBD_SYNCHRONOUS	0x02
#define USBD_FORCE_SHORT_XFER	0x08
#define USBD_NO_TIMEOUT		0
#define USBD_DEFAULT_TIMEOUT	5000
#define IPL_USB			IPL_VM
#define IPL_SOFTUSB		IPL_SOFTSERIAL
#define SOFTINT_USB		SOFTINT_SERIAL

struct usb_task {
	TAILQ_ENTRY(usb_task) next;
	void (*fun)(void *);
	void *arg;
	volatile unsigned int queue;
	int flags;
};
#define USB_TASKQ_HC		0
#define USB_TASKQ_DRIVER	1
#define USB_NUM_TASKQS		2
#define USB_TASKQ_MPSAFE	0x80
#define usb_init_task(t, f, a, fl)					\
	((t)->fun = (f), (t)->arg = (a), (t)->queue = USB_NUM_TASKQS,	\
	 (t)->flags = (fl))
void usb_add_task(struct usbd_device *, struct usb_task *, int);
bool usb_rem_task(struct usbd_device *, struct usb_task *);
bool usb_rem_task_wait(struct usbd_device *, struct usb_task *, int,
    kmutex_t *);
bool usb_task_pending(struct usbd_device *, struct usb_task *);

struct usb_dma_block;
typedef struct {
	struct usb_dma_block *udma_block;
	u_int udma_offs;
} usb_dma_t;

struct usbd_endpoint {
	usb_endpoint_descriptor_t *ue_edesc;
	int ue_refcnt;
	int ue_toggle;
};

struct usbd_bus_methods {
	usbd_status (*ubm_open)(struct usbd_pipe *);
	void (*ubm_softint)(void *);
	void (*ubm_dopoll)(struct usbd_bus *);
	struct usbd_xfer *(*ubm_allocx)(struct usbd_bus *, unsigned int);
	void (*ubm_freex)(struct usbd_bus *, struct usbd_xfer *);
	void (*ubm_abortx)(struct usbd_xfer *);
	bool (*ubm_dying)(struct usbd_bus *);
	void (*ubm_getlock)(struct usbd_bus *, kmutex_t **);
	usbd_status (*ubm_newdev)(device_t, struct usbd_bus *, int, int, int,
	    struct usbd_port *);
	int (*ubm_rhctrl)(struct usbd_bus *, usb_device_request_t *, void *,
	    int);
};

struct usbd_pipe_methods {
	int (*upm_init)(struct usbd_xfer *);
	void (*upm_fini)(struct usbd_xfer *);
	usbd_status (*upm_transfer)(struct usbd_xfer *);
	usbd_status (*upm_start)(struct usbd_xfer *);
	void (*upm_abort)(struct usbd_xfer *);
	void (*upm_close)(struct usbd_pipe *);
	void (*upm_cleartoggle)(struct usbd_pipe *);
	void (*upm_done)(struct usbd_xfer *);
};

struct usbd_port {
	usb_port_status_t up_status;
	uint16_t up_power;
	uint8_t up_portno;
	uint8_t up_restartcnt;
	uint8_t up_reattach;
	struct usbd_device *up_dev;
	struct usbd_device *up_parent;
	struct usbd_tt *up_tt;
};

struct usbd_hub {
	usbd_status (*uh_explore)(struct usbd_device *);
	void *uh_hubsoftc;
	usb_hub_descriptor_t uh_hubdesc;
	struct usbd_port uh_ports[32];
};

#define USB_ROOTHUB_INDEX	1
#define USB_TOTAL_DEVICES	(USB_MAX_DEVICES + 1)

struct usbd_bus {
	/* Of the host controller driver. */
	void *ub_hcpriv;
	int ub_revision;
	int ub_hctype;
	int ub_busnum;
	const struct usbd_bus_methods *ub_methods;
	uint32_t ub_pipesize;
	bool ub_usedma;
	int ub_dmaflags;
	bus_dma_tag_t ub_dmatag;
	/* Of usb(4). */
	kmutex_t *ub_lock;
	struct usbd_device *ub_roothub;
	struct usbd_xfer *ub_rhxfer;
	kcondvar_t ub_rhxfercv;
	uint8_t ub_rhaddr;
	uint8_t ub_rhconf;
	struct usbd_device *ub_devices[USB_TOTAL_DEVICES];
	kcondvar_t ub_needsexplore_cv;
	char ub_needsexplore;
	char ub_usepolling;
	device_t ub_usbctl;
	struct usb_device_stats ub_stats;
	void *ub_soft;
};

#define USBREV_UNKNOWN		0
#define USBREV_PRE_1_0		1
#define USBREV_1_0		2
#define USBREV_1_1		3
#define USBREV_2_0		4
#define USBREV_3_0		5
#define USBREV_3_1		6
#define USBHCTYPE_UNKNOWN	0
#define USBHCTYPE_VHCI		6

struct usbd_device {
	struct usbd_bus *ud_bus;
	struct usbd_pipe *ud_pipe0;
	uint8_t ud_addr;
	uint8_t ud_config;
	uint8_t ud_depth;
	uint8_t ud_speed;
	uint8_t ud_selfpowered;
	uint16_t ud_power;
	int16_t ud_langid;
	usb_event_cookie_t ud_cookie;
	struct usbd_port *ud_powersrc;
	struct usbd_device *ud_myhub;
	struct usbd_port *ud_myhsport;
	struct usbd_endpoint ud_ep0;
	usb_endpoint_descriptor_t ud_ep0desc;
	struct usbd_interface *ud_ifaces;
	usb_device_descriptor_t ud_ddesc;
	usb_config_descriptor_t *ud_cdesc;
	const struct usbd_quirks *ud_quirks;
	struct usbd_hub *ud_hub;
	void *ud_hcpriv;
	/* Of the fake alone: its class driver. */
	struct fake_class *fake_class;
	unsigned int fake_requests;	/* threads in usbd_do_request() */
};

/* The fake knows one interface, which has all endpoints. */
struct usbd_interface {
	struct usbd_device *ui_dev;
	usb_interface_descriptor_t *ui_idesc;
	int ui_index;
	int ui_altindex;
	struct usbd_endpoint ui_endpoints[2 * USB_MAX_ENDPOINTS];
	unsigned int fake_endpoints;
};

struct usbd_pipe {
	struct usbd_interface *up_iface;
	struct usbd_device *up_dev;
	struct usbd_endpoint *up_endpoint;
	char up_running;
	char up_aborting;
	bool up_serialise;
	SIMPLEQ_HEAD(, usbd_xfer) up_queue;
	struct usb_task up_async_task;
	struct usbd_xfer *up_intrxfer;
	char up_repeat;
	int up_interval;
	uint8_t up_flags;
	struct usbd_xfer *up_callingxfer;
	kcondvar_t up_callingcv;
	struct lwp *up_abortlwp;
	const struct usbd_pipe_methods *up_methods;
};

struct usbd_xfer {
	struct usbd_pipe *ux_pipe;
	void *ux_priv;
	void *ux_buffer;
	kcondvar_t ux_cv;
	uint32_t ux_length;
	uint32_t ux_actlen;
	uint16_t ux_flags;
	uint32_t ux_timeout;
	usbd_status ux_status;
	usbd_callback ux_callback;
	volatile uint8_t ux_done;
	uint8_t ux_state;
	usb_device_request_t ux_request;
	uint16_t *ux_frlengths;
	int ux_nframes;
	const struct usbd_pipe_methods *ux_methods;
	struct usbd_bus *ux_bus;
	usb_dma_t ux_dmabuf;
	void *ux_buf;
	uint32_t ux_bufsize;
	uint8_t ux_rqflags;
	SIMPLEQ_ENTRY(usbd_xfer) ux_next;
	void *ux_hcpriv;
	struct usb_task ux_aborttask;
	struct callout ux_callout;
	bool ux_timeout_set;
	bool ux_timeout_reset;
};

#define XFER_FREE	0x46
#define XFER_BUSY	0x55
#define XFER_ONQU	0x9e
#define URQ_REQUEST	0x01

static inline int usbd_xfer_isread(struct usbd_xfer *xfer)
{
	if (xfer->ux_rqflags & URQ_REQUEST)
		return xfer->ux_request.bmRequestType & UT_READ;
	return xfer->ux_pipe->up_endpoint->ue_edesc->bEndpointAddress &
	       UE_DIR_IN;
}

/* For host controller drivers. */
int usbctlprint(void *, const char *);
void usb_schedsoftintr(struct usbd_bus *);
void usb_transfer_complete(struct usbd_xfer *);
bool usbd_xfer_trycomplete(struct usbd_xfer *);
void usbd_xfer_abort(struct usbd_xfer *);
void usbd_xfer_schedule_timeout(struct usbd_xfer *);
void usb_delay_ms(struct usbd_bus *, u_int);
void usb_delay_ms_locked(struct usbd_bus *, u_int, kmutex_t *);

#define USBROOTHUB_INTR_ENDPT	1
extern const struct usbd_pipe_methods roothub_ctrl_methods;
int usb_makestrdesc(usb_string_descriptor_t *, int, const char *);
int usb_makelangtbl(usb_string_descriptor_t *, int);

/* For class drivers. */
usbd_status usbd_setup_pipe_flags(struct usbd_device *,
    struct usbd_interface *, struct usbd_endpoint *, int,
    struct usbd_pipe **, uint8_t);
void usbd_close_pipe(struct usbd_pipe *);
void usbd_suspend_pipe(struct usbd_pipe *);
void usbd_resume_pipe(struct usbd_pipe *);
void usbd_abort_pipe(struct usbd_pipe *);
int usbd_create_xfer(struct usbd_pipe *, size_t, unsigned int, unsigned int,
    struct usbd_xfer **);
void usbd_destroy_xfer(struct usbd_xfer *);
void *usbd_get_buffer(struct usbd_xfer *);
void usbd_setup_xfer(struct usbd_xfer *, void *, void *, uint32_t, uint16_t,
    uint32_t, usbd_callback);
void usbd_setup_default_xfer(struct usbd_xfer *, struct usbd_device *, void *,
    uint32_t, usb_device_request_t *, void *, uint32_t, uint16_t,
    usbd_callback);
void usbd_setup_isoc_xfer(struct usbd_xfer *, void *, uint16_t *, uint32_t,
    uint16_t, usbd_callback);
usbd_status usbd_transfer(struct usbd_xfer *);
usbd_status usbd_sync_transfer(struct usbd_xfer *);
usbd_status usbd_do_request(struct usbd_device *, usb_device_request_t *,
    void *);
usbd_status usbd_do_request_flags(struct usbd_device *,
    usb_device_request_t *, void *, uint16_t, int *, uint32_t);
usbd_status usbd_clear_endpoint_stall(struct usbd_pipe *);
void usbd_clear_endpoint_stall_async(struct usbd_pipe *);
void usbd_set_polling(struct usbd_device *, int);
void usb_needs_explore(struct usbd_device *);
const char *usbd_errstr(usbd_status);

#endif
