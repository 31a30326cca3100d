/* SPDX-License-Identifier: MIT */
/* What the fake must not let pass; each of these ends in a panic. */
#include "stories.h"

void self_revoke(void)
{
	vaddr_t at = uvm_km_alloc(kernel_map, PAGE_SIZE, PAGE_SIZE,
				  UVM_KMF_WIRED | UVM_KMF_ZERO);
	grant_ref_t ref;
	paddr_t ma;

	expect(pmap_extract_ma(pmap_kernel(), at, &ma));
	expect(xengnt_grant_access(0, ma, 0, &ref) == 0);
	expect(xengnt_status(ref) == 0);
	nb_hold_grants(true);
	expect(xengnt_status(ref) != 0);
	xengnt_revoke_access(ref);
}

void self_interrupt(void)
{
	static kmutex_t m;

	mutex_init(&m, MUTEX_DEFAULT, IPL_SOFTUSB);
	nb_in_interrupt(true);
	mutex_enter(&m);
}

void self_head(void)
{
	struct device *d = device_source_sink();
	struct io *io[2];
	struct pipe *p;

	connected();
	nb_plug(1, d);
	d->in[1].limit = 0;
	p = pipe_open(device_at(1), 0x81);
	io[0] = io_new(p, 64);
	io[1] = io_new(p, 64);
	io_submit(io[0]);
	io_submit(io[1]);
	mutex_enter(p->dev->ud_bus->ub_lock);
	io[1]->xfer->ux_status = USBD_IOERROR;
	usb_transfer_complete(io[1]->xfer);
}

void self_write_after_free(void)
{
	uint8_t *at = kmem_alloc(100, KM_SLEEP);

	kmem_free(at, 100);
	*(volatile uint8_t *)(at + 50) = 1;
}

void self_page_after_free(void)
{
	vaddr_t at = uvm_km_alloc(kernel_map, PAGE_SIZE, PAGE_SIZE,
				  UVM_KMF_WIRED);

	uvm_km_free(kernel_map, at, PAGE_SIZE, UVM_KMF_WIRED);
	*(volatile uint8_t *)at = 1;
}

void self_leak(void)
{
	kmem_alloc(100, KM_SLEEP);
}

void self_locks(void)
{
	static kmutex_t m;

	mutex_init(&m, MUTEX_DEFAULT, IPL_SOFTUSB);
	mutex_enter(&m);
	mutex_enter(&m);
}

void self_kernel_lock(void)
{
	connected();
	config_found(fake_xusb(), fake_bus(), NULL, CFARGS_NONE);
}
