/* scan_plain: bit work for the engines without CLMUL and BMI. */
static inline uint64_t
prefix_xor(uint64_t bits)
{
	for (unsigned k = 1; k < 64; k *= 2)
		bits ^= bits << k;
	return bits;
}

static inline void
put(uint32_t *out, uint32_t at, uint64_t bits)
{
	for (; bits; bits &= bits - 1)
		*out++ = at + (uint32_t)__builtin_ctzll(bits);
}

static inline size_t
count(uint64_t bits)
{
	return (size_t)__builtin_popcountll(bits);
}
