namespace Attune.Text;

/// <summary>The tokens that a tokenizer's files name for a purpose; null where they do not.</summary>
internal sealed record SpecialTokens
{
    public string? Bos { get; init; }

    public string? Eos { get; init; }

    public string? Pad { get; init; }

    public string? Unknown { get; init; }

    public string? Cls { get; init; }

    public string? Sep { get; init; }
}
