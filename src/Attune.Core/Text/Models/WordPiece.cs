using System.Text.Json;

namespace Attune.Text.Models;

/// <summary>A word is cut, from its start, into the longest parts that the vocabulary has; a word that cannot be is one unknown token.</summary>
internal sealed class WordPiece(Vocabulary vocabulary, int unknown, string unknownToken, string prefix, int longestWord) : IModel, IModelSession
{
    public Vocabulary Vocabulary => vocabulary;

    public string ContinuingSubwordPrefix => prefix;

    public int? UnknownId => unknown;

    public IReadOnlySet<int> Special { get; set; } = new HashSet<int>();

    public static WordPiece Read(ModelMembers members)
    {
        Part settings = members.Settings;
        Vocabulary vocabulary = members.Vocabulary;
        string unknown = settings.StringOrNull("unk_token") ?? "[UNK]";
        int id = vocabulary.IdOf(unknown);
        return id < 0 ? throw settings.Error($"the unknown token \"{unknown}\" is not in the vocabulary") : new WordPiece(
            vocabulary, id, unknown, settings.StringOrNull("continuing_subword_prefix") ?? "##", settings.IntOrNull("max_input_chars_per_word") ?? 100);
    }

    public IModelSession Begin() => this;

    public void Tokenize(ReadOnlySpan<char> piece, bool plain, List<ModelToken> tokens)
    {
        int first = tokens.Count;
        bool known = CodePoints.Count(piece) <= longestWord;
        char[] part = new char[prefix.Length + piece.Length];
        prefix.CopyTo(part);
        for (int start = 0; known && start < piece.Length;)
        {
            piece[start..].CopyTo(part.AsSpan(prefix.Length));
            int end = piece.Length;
            int id = -1;
            while (end > start)
            {
                id = vocabulary.IdOf(start == 0 ? piece[..end] : part.AsSpan(0, prefix.Length + end - start));
                if (id >= 0 && !(plain && Special.Contains(id)))
                {
                    break;
                }

                CodePoints.Before(piece, end, out int length);
                end -= length;
                id = -1;
            }

            known = id >= 0;
            tokens.Add(new ModelToken(id, start, end));
            start = end;
        }

        if (!known)
        {
            tokens.RemoveRange(first, tokens.Count - first);
            tokens.Add(new ModelToken(unknown, 0, piece.Length));
        }
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("type", "WordPiece");
        json.WriteString("unk_token", unknownToken);
        json.WriteString("continuing_subword_prefix", prefix);
        json.WriteNumber("max_input_chars_per_word", longestWord);
        VocabularyJson.Write(json, vocabulary);
    }

    public void Dispose()
    {
    }
}
