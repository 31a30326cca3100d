/* SPDX-License-Identifier: MIT */
/*
 * Where Xen's domain builder enters a PVH guest: 32-bit protected mode, no
 * paging, %ebx points to struct hvm_start_info.  From here to C in 64-bit
 * mode, with the first 4 GiB mapped one to one.
 */
#include <xen/elfnote.h>

#define CR0_PG		0x80000000
#define CR0_WP		0x00010000
#define CR4_PAE		0x20
#define MSR_EFER	0xc0000080
#define EFER_LME	0x100
#define PRESENT_WRITE	3
#define LARGE		0x80

	.section .note.Xen, "a", @note
	.align 4
	.long 4			/* octets of "Xen" */
	.long 4			/* octets of the address */
	.long XEN_ELFNOTE_PHYS32_ENTRY
	.asciz "Xen"
	.long start

	.text
	.code32
	.globl start
start:
	cld
	mov $stack_end, %esp
	mov %ebx, %ebp		/* kept */

	/* Four tables of 512 pages of 2 MiB each: 4 GiB. */
	mov $level2, %edi
	mov $(LARGE | PRESENT_WRITE), %eax
1:	mov %eax, (%edi)
	add $8, %edi
	add $0x200000, %eax
	jnc 1b
	mov $(level2 + PRESENT_WRITE), %eax
	mov $level3, %edi
2:	mov %eax, (%edi)
	add $0x1000, %eax
	add $8, %edi
	cmp $(level3 + 4 * 8), %edi
	jne 2b
	movl $(level3 + PRESENT_WRITE), level4

	mov %cr4, %eax
	or $CR4_PAE, %eax
	mov %eax, %cr4
	mov $level4, %eax
	mov %eax, %cr3
	mov $MSR_EFER, %ecx
	rdmsr
	or $EFER_LME, %eax
	wrmsr
	mov %cr0, %eax
	or $(CR0_PG | CR0_WP), %eax
	mov %eax, %cr0
	lgdt gdt_pointer
	ljmp $8, $start64

	.code64
start64:
	mov $16, %eax
	mov %eax, %ds
	mov %eax, %es
	mov %eax, %ss
	mov %ebp, %edi
	call kernel_main
3:	hlt
	jmp 3b

	.section .rodata
	.align 8
gdt:	.quad 0
	.quad 0x00af9b000000ffff	/* code, 64 bits */
	.quad 0x00cf93000000ffff	/* data */
gdt_pointer:
	.word gdt_pointer - gdt - 1
	.long gdt

	.bss
	.align 4096
level4:	.skip 4096
level3:	.skip 4096
level2:	.skip 4 * 4096
	.globl hypercall_page
hypercall_page:
	.skip 4096
	.globl stack
stack:	.skip 16384
	.globl stack_end
stack_end:

	.section .note.GNU-stack, "", @progbits
