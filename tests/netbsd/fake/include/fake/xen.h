/* SPDX-License-Identifier: MIT */
/* NetBSD's side of Xen: xenbus, grants, event channels. */
#ifndef FAKE_XEN_H
#define FAKE_XEN_H

#include <fake/kernel.h>

typedef uint16_t domid_t;
typedef uint32_t grant_ref_t;
typedef uint32_t evtchn_port_t;
typedef char *__xen_string;

#define DOMID_SELF	((domid_t)0x7ff0)
#define GTF_reading	(1 << 3)
#define GTF_writing	(1 << 4)
#define XEN_IO_PROTO_ABI_NATIVE	"x86_64-abi"
#define XENBUSCF_ID		0
#define XENBUSCF_ID_DEFAULT	(-1)

#define xen_mb()	__atomic_thread_fence(__ATOMIC_SEQ_CST)
#define xen_rmb()	__atomic_thread_fence(__ATOMIC_ACQUIRE)
#define xen_wmb()	__atomic_thread_fence(__ATOMIC_RELEASE)

/* The real header has these as macros too: whoever uses the names meets them. */
#define u8	uint8_t
#define u16	uint16_t
#define u32	uint32_t
#define u64	uint64_t
#define s8	int8_t
#define s16	int16_t
#define s32	int32_t
#define s64	int64_t

/* granttables.h */
int xengnt_grant_access(domid_t, paddr_t, int, grant_ref_t *);
void xengnt_revoke_access(grant_ref_t);
int xengnt_status(grant_ref_t);

/* evtchn.h, hypervisor.h, intr.h */
struct pic;
struct intrhand;
extern struct pic xen_pic;
#define IST_LEVEL	3
#define EVTCHNOP_close	3
#define EVTCHNOP_alloc_unbound	6
typedef struct evtchn_op {
	uint32_t cmd;
	union {
		struct {
			domid_t dom, remote_dom;
			evtchn_port_t port;
		} alloc_unbound;
		struct {
			evtchn_port_t port;
		} close;
	} u;
} evtchn_op_t;
int HYPERVISOR_event_channel_op(void *);
void hypervisor_mask_event(unsigned int);
void hypervisor_unmask_event(unsigned int);
void hypervisor_clear_event(unsigned int);
void hypervisor_notify_via_evtchn(unsigned int);
void *xen_intr_establish_xname(int, struct pic *, int, int, int,
    int (*)(void *), void *, bool, const char *);
void xen_intr_disestablish(struct intrhand *);

/* xenbus.h */
typedef enum {
	XenbusStateUnknown,
	XenbusStateInitialising,
	XenbusStateInitWait,
	XenbusStateInitialised,
	XenbusStateConnected,
	XenbusStateClosing,
	XenbusStateClosed,
	XenbusStateReconfiguring,
	XenbusStateReconfigured,
} XenbusState;

struct xenbus_device;
#define XS_WATCH_PATH	0
#define XS_WATCH_TOKEN	1
struct xenbus_watch {
	SLIST_ENTRY(xenbus_watch) watch_next;
	char *node;
	size_t node_sz;
	void (*xbw_callback)(struct xenbus_watch *, const char **,
	    unsigned int);
	struct xenbus_device *xbw_dev;
};

struct xenbus_device {
	char xbusd_otherend[64];
	int xbusd_otherend_id;
	void (*xbusd_otherend_changed)(void *, XenbusState);
	union {
		struct {
			device_t f_dev;
		} f;
	} xbusd_u;
	int xbusd_has_error;
	bus_dma_tag_t xbusd_dmat;
	const char *xbusd_path;
};

struct xenbusdev_attach_args {
	const char *xa_type;
	int xa_id;
	struct xenbus_device *xa_xbusd;
};

struct xenbus_transaction;
struct xenbus_transaction *xenbus_transaction_start(void);
int xenbus_transaction_end(struct xenbus_transaction *, int);
int xenbus_read(struct xenbus_transaction *, const char *, const char *,
    char *, size_t);
int xenbus_read_ul(struct xenbus_transaction *, const char *, const char *,
    unsigned long *, int);
int xenbus_write(struct xenbus_transaction *, const char *, const char *,
    const char *);
int xenbus_rm(struct xenbus_transaction *, const char *, const char *);
int xenbus_exists(struct xenbus_transaction *, const char *, const char *);
int xenbus_printf(struct xenbus_transaction *, const char *, const char *,
    const char *, ...) __printflike(4, 5);
int xenbus_switch_state(struct xenbus_device *, struct xenbus_transaction *,
    XenbusState);
XenbusState xenbus_read_driver_state(const char *);
void xenbus_dev_error(struct xenbus_device *, int, const char *, ...)
    __printflike(3, 4);
void xenbus_dev_fatal(struct xenbus_device *, int, const char *, ...)
    __printflike(3, 4);
int xenbus_grant_ring(struct xenbus_device *, paddr_t, grant_ref_t *);
int xenbus_alloc_evtchn(struct xenbus_device *, int *);
int xenbus_watch_path2(struct xenbus_device *, const char *, const char *,
    struct xenbus_watch *,
    void (*)(struct xenbus_watch *, const char **, unsigned int));
void xenbus_unwatch_path(struct xenbus_watch *);
bool xenbus_device_suspend(struct xenbus_device *);
bool xenbus_device_resume(struct xenbus_device *);

#endif
