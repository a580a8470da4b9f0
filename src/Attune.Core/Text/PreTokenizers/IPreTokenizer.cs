using System.Text.Json;

namespace Attune.Text.PreTokenizers;

/// <summary>Cuts a text into pieces that no token will cross.</summary>
internal interface IPreTokenizer
{
    void PreTokenize(PreTokenizedText text);

    /// <summary>The same for a text that goes on with another: nothing is put before its beginning.</summary>
    IPreTokenizer Continuing() => this;

    /// <summary>Writes the part's members as tokenizer.json has them.</summary>
    void Write(Utf8JsonWriter json);
}
