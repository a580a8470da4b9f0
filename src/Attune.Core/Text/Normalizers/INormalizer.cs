using System.Text.Json;

namespace Attune.Text.Normalizers;

/// <summary>Rewrites a text before it is split.</summary>
internal interface INormalizer
{
    /// <summary>The text rewritten; the same object where nothing changes.</summary>
    AlignedText Normalize(AlignedText text);

    /// <summary>The same for a text that goes on with another: nothing is put before its beginning.</summary>
    INormalizer Continuing() => this;

    /// <summary>Writes the part's members as tokenizer.json has them.</summary>
    void Write(Utf8JsonWriter json);
}
