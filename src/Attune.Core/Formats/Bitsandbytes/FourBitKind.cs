namespace Attune.Formats.Bitsandbytes;

/// <summary>The sixteen values of a 4-bit weight, as parts of its block's largest magnitude.</summary>
internal enum FourBitKind
{
    /// <summary>NF4: equally likely under a normal distribution (Dettmers et al. 2023).</summary>
    NormalFloat,

    /// <summary>FP4: a sign, two bits of exponent, one of fraction; there are two zeros.</summary>
    Float,
}
