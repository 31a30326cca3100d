/* SPDX-License-Identifier: MIT */
/* NetBSD's autoconf(9) and pmf(9), and the module glue of drivers. */
#ifndef FAKE_DEVICE_H
#define FAKE_DEVICE_H

#include <fake/types.h>

struct device;
typedef struct device *device_t;

struct cfdata;
typedef struct cfdata *cfdata_t;
typedef const struct cfdata *const_cfdata_t;

enum devact { DVACT_DEACTIVATE };

struct cfparent {
	const char *cfp_iattr;
	const char *cfp_parent;
	int cfp_unit;
};

struct cfdata {
	const char *cf_name;
	const char *cf_atname;
	unsigned int cf_unit;
	unsigned char cf_fstate;
	int *cf_loc;
	int cf_flags;
	const struct cfparent *cf_pspec;
};

struct cfattach {
	const char *ca_name;
	size_t ca_devsize;
	int ca_flags;
	int (*ca_match)(device_t, cfdata_t, void *);
	void (*ca_attach)(device_t, device_t, void *);
	int (*ca_detach)(device_t, int);
	int (*ca_activate)(device_t, enum devact);
	int (*ca_rescan)(device_t, const char *, const int *);
	void (*ca_childdetached)(device_t, device_t);
};

#define FSTATE_NOTFOUND	0
#define FSTATE_FOUND	1
#define FSTATE_STAR	2
#define DVUNIT_ANY	(-1)
#define UNCONF		1
#define QUIET		0
#define DVF_PRIV_ALLOC		0x0002
#define DVF_DETACH_SHUTDOWN	0x0080
#define DETACH_FORCE	0x01
#define DETACH_QUIET	0x02
#define DETACH_SHUTDOWN	0x04
#define DETACH_POWEROFF	0x08

#define CFATTACH_DECL3_NEW(name, ddsize, mat, att, det, act, resc, chd, flags) \
struct cfattach __CONCAT(name, _ca) = {		\
	.ca_name = ___STRING(name),		\
	.ca_devsize = (ddsize),			\
	.ca_flags = (flags) | DVF_PRIV_ALLOC,	\
	.ca_match = (mat),			\
	.ca_attach = (att),			\
	.ca_detach = (det),			\
	.ca_activate = (act),			\
	.ca_rescan = (resc),			\
	.ca_childdetached = (chd),		\
}

extern struct cfattach xusb_ca;

struct cfargs;
#define CFARGS_NONE	((const struct cfargs *)0)
typedef int (*cfprint_t)(void *, const char *);

device_t config_found(device_t, void *, cfprint_t, const struct cfargs *);
int config_detach(device_t, int);
int config_detach_children(device_t, int);
int config_deactivate(device_t);
void config_pending_incr(device_t);
void config_pending_decr(device_t);
void *device_private(device_t);
int device_unit(device_t);
const char *device_xname(device_t);
device_t device_parent(device_t);
bool device_is_active(device_t);
void device_printf(device_t, const char *, ...) __printflike(2, 3);
void aprint_naive(const char *, ...) __printflike(1, 2);
void aprint_normal(const char *, ...) __printflike(1, 2);
void aprint_error(const char *, ...) __printflike(1, 2);
void aprint_verbose(const char *, ...) __printflike(1, 2);
void aprint_debug(const char *, ...) __printflike(1, 2);
void aprint_normal_dev(device_t, const char *, ...) __printflike(2, 3);
void aprint_error_dev(device_t, const char *, ...) __printflike(2, 3);
void aprint_verbose_dev(device_t, const char *, ...) __printflike(2, 3);
void aprint_debug_dev(device_t, const char *, ...) __printflike(2, 3);

struct pmf_qual;
typedef struct pmf_qual pmf_qual_t;
extern const pmf_qual_t *const PMF_Q_NONE;
bool pmf_device_register1(device_t, bool (*)(device_t, const pmf_qual_t *),
    bool (*)(device_t, const pmf_qual_t *), bool (*)(device_t, int));
#define pmf_device_register(d, s, r)	pmf_device_register1(d, s, r, NULL)
void pmf_device_deregister(device_t);

#endif
