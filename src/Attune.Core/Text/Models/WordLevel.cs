using System.Text.Json;

namespace Attune.Text.Models;

/// <summary>Whole words, and one token for all that are not in the vocabulary.</summary>
internal sealed class WordLevel(Vocabulary vocabulary, string unknownToken) : IModel, IModelSession
{
    private readonly int unknown = vocabulary.IdOf(unknownToken);

    public Vocabulary Vocabulary => vocabulary;

    public int? UnknownId => unknown < 0 ? null : unknown;

    public IReadOnlySet<int> Special { get; set; } = new HashSet<int>();

    public static WordLevel Read(ModelMembers members) => new(members.Vocabulary, members.Settings.StringOrNull("unk_token") ?? "<unk>");

    public IModelSession Begin() => this;

    public void Tokenize(ReadOnlySpan<char> piece, bool plain, List<ModelToken> tokens)
    {
        int id = vocabulary.IdOf(piece);
        id = id < 0 || (plain && Special.Contains(id)) ? unknown : id;
        tokens.Add(id >= 0 ? new ModelToken(id, 0, piece.Length) : throw new AttuneException(
            ExitCode.BadData, "model.unk_token", $"\"{piece}\" is not in the vocabulary, and neither is the unknown token \"{unknownToken}\""));
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("type", "WordLevel");
        VocabularyJson.Write(json, vocabulary);
        json.WriteString("unk_token", unknownToken);
    }

    public void Dispose()
    {
    }
}
