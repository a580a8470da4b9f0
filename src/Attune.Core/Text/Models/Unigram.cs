using System.Collections.Concurrent;
using System.Text.Json;
using FormatException = Attune.Formats.FormatException;

namespace Attune.Text.Models;

/// <summary>A word is cut into the pieces whose log probabilities add up to the most.</summary>
internal sealed class Unigram : IModel
{
    private const double UnknownPenalty = 10;

    private readonly ConcurrentBag<UnigramSession> idle = [];
    private readonly double[] scores;

    /// <summary>Makes the model.</summary>
    /// <param name="vocabulary">The pieces, with ids from 0 on.</param>
    /// <param name="scores">Their log probabilities, by id.</param>
    /// <param name="unknownId">The piece for what no piece spells.</param>
    /// <param name="byteFallback">Spells that byte by byte.</param>
    public Unigram(Vocabulary vocabulary, double[] scores, int? unknownId, bool byteFallback)
    {
        Vocabulary = vocabulary;
        this.scores = scores;
        UnknownId = unknownId;
        ByteFallback = byteFallback;
        UnknownScore = (scores.Length == 0 ? 0 : scores.Min()) - UnknownPenalty;
        for (int id = 0; id < scores.Length; id++)
        {
            if (vocabulary.TokenOf(id) is { Length: > 0 } piece)
            {
                Trie.Add(piece, id);
            }
        }
    }

    public Vocabulary Vocabulary { get; }

    public int? UnknownId { get; }

    public IReadOnlySet<int> Special { get; set; } = new HashSet<int>();

    /// <summary>What cannot be cut into pieces is spelled as <c>&lt;0xE4&gt;</c>, byte by byte.</summary>
    public bool ByteFallback { get; }

    /// <summary>The score of a character that no piece spells.</summary>
    public double UnknownScore { get; }

    /// <summary>The pieces.</summary>
    public PieceTrie Trie { get; } = new();

    public static Unigram Read(ModelMembers members, string file)
    {
        Part settings = members.Settings;
        var vocabulary = new Vocabulary();
        var scores = new List<double>();
        if (members.VocabularyList.Length == 0)
        {
            throw settings.Error("\"vocab\" must be a list of pieces and scores");
        }

        var reader = new Utf8JsonReader(members.VocabularyList.Span);
        byte[] buffer = new byte[256];
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
        {
            throw settings.Error("\"vocab\" must be a list of pieces and scores");
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            bool isPair = reader.TokenType == JsonTokenType.StartArray && reader.Read() && reader.TokenType == JsonTokenType.String;
            bool isNew = isPair && scores.Count < Vocabulary.IdLimit
                && vocabulary.TryAdd(VocabularyJson.Unescape(ref reader, ref buffer, file, "model.vocab"), scores.Count);
            if (!isNew || !reader.Read() || reader.TokenType != JsonTokenType.Number || !reader.TryGetDouble(out double score)
                || !double.IsFinite(score) || !reader.Read() || reader.TokenType != JsonTokenType.EndArray)
            {
                throw settings.Error($"\"vocab\" has no piece and score at place {scores.Count}, or one that came before");
            }

            scores.Add(score);
        }

        int? unknown = settings.IntOrNull("unk_id");
        if (scores.Count == 0 || unknown >= scores.Count)
        {
            throw settings.Error($"\"unk_id\" is {unknown}, but there are {scores.Count} pieces");
        }

        return new Unigram(vocabulary, scores.ToArray(), unknown, settings.Bool("byte_fallback", false));
    }

    public IModelSession Begin() => idle.TryTake(out UnigramSession? session) ? session : new UnigramSession(this);

    public void Return(UnigramSession session) => idle.Add(session);

    public double ScoreOf(int id) => scores[id];

    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("type", "Unigram");
        if (UnknownId is { } unknown)
        {
            json.WriteNumber("unk_id", unknown);
        }
        else
        {
            json.WriteNull("unk_id");
        }

        json.WriteStartArray("vocab");
        for (int id = 0; id < scores.Length; id++)
        {
            json.WriteStartArray();
            json.WriteStringValue(Vocabulary.BytesOf(id));
            json.WriteNumberValue(scores[id]);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteBoolean("byte_fallback", ByteFallback);
    }
}
