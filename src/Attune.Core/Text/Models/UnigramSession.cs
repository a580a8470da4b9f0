using System.Runtime.InteropServices;
using System.Text;

namespace Attune.Text.Models;

/// <summary>Tokenizes words with a <see cref="Unigram"/>; holds the memory for it and the words seen.</summary>
internal sealed class UnigramSession(Unigram model) : IModelSession
{
    private readonly WordCache cache = new();
    private double[] best = new double[64];
    private int[] starts = new int[64];
    private int[] ids = new int[64];

    public void Tokenize(ReadOnlySpan<char> piece, bool plain, List<ModelToken> tokens)
    {
        int first = tokens.Count;
        bool known = cache.TryGet(piece, tokens);
        if (!known)
        {
            Cut(piece, guard: false, tokens);
            cache.Add(piece, CollectionsMarshal.AsSpan(tokens)[first..]);
        }

        if (plain && model.Special.Count > 0 && CollectionsMarshal.AsSpan(tokens)[first..].ContainsSpecial(model.Special))
        {
            tokens.RemoveRange(first, tokens.Count - first);
            Cut(piece, guard: true, tokens);
        }
    }

    public void Dispose() => model.Return(this);

    private void Cut(ReadOnlySpan<char> piece, bool guard, List<ModelToken> tokens)
    {
        if (best.Length <= piece.Length)
        {
            best = new double[piece.Length + 1];
            starts = new int[piece.Length + 1];
            ids = new int[piece.Length + 1];
        }

        starts.AsSpan(0, piece.Length + 1).Fill(-1);
        best[0] = 0;
        for (int at = 0; at < piece.Length;)
        {
            int length = CodePoints.LengthAt(piece, at);
            if (!Extend(piece, at, length, guard))
            {
                int unknown = model.UnknownId ?? throw new AttuneException(
                    ExitCode.BadData, "model.unk_id", $"\"{piece.Slice(at, length)}\" is in no piece, and there is no unknown token");
                Offer(at, at + length, unknown, model.UnknownScore);
            }

            at += length;
        }

        Collect(piece, guard, tokens);
    }

    // All pieces that begin at a place; true where one of them is the single character there.
    private bool Extend(ReadOnlySpan<char> piece, int at, int length, bool guard)
    {
        bool single = false;
        int node = PieceTrie.Root;
        for (int end = at; end < piece.Length && model.Trie.Next(ref node, piece[end], out int id);)
        {
            end++;
            if (id >= 0 && !(guard && model.Special.Contains(id)))
            {
                Offer(at, end, id, model.ScoreOf(id));
                single |= end == at + length;
            }
        }

        return single;
    }

    private void Offer(int start, int end, int id, double score)
    {
        score += best[start];
        if (starts[end] < 0 || score > best[end])
        {
            best[end] = score;
            starts[end] = start;
            ids[end] = id;
        }
    }

    // Unknown neighbours are one token, or its bytes.
    private void Collect(ReadOnlySpan<char> piece, bool guard, List<ModelToken> tokens)
    {
        int first = tokens.Count;
        for (int end = piece.Length; end > 0;)
        {
            int start = starts[end];
            if (ids[end] == model.UnknownId)
            {
                while (start > 0 && ids[start] == model.UnknownId)
                {
                    start = starts[start];
                }

                AddUnknown(piece, start, end, guard, tokens);
            }
            else
            {
                tokens.Add(new ModelToken(ids[end], start, end));
            }

            end = start;
        }

        tokens.Reverse(first, tokens.Count - first);
    }

    private void AddUnknown(ReadOnlySpan<char> piece, int start, int end, bool guard, List<ModelToken> tokens)
    {
        ReadOnlySpan<char> text = piece[start..end];
        int known = model.Vocabulary.IdOf(text);
        if (known >= 0 && !(guard && model.Special.Contains(known)))
        {
            tokens.Add(new ModelToken(known, start, end));
            return;
        }

        byte[] bytes = model.ByteFallback ? System.Text.Encoding.UTF8.GetBytes(text.ToString()) : [];
        int[] spelled = Array.ConvertAll(bytes, value => model.Vocabulary.IdOf($"<0x{value:X2}>"));
        if (spelled.Length == 0 || spelled.Contains(-1))
        {
            tokens.Add(new ModelToken(model.UnknownId!.Value, start, end, IsText: true));
            return;
        }

        for (int i = spelled.Length - 1; i >= 0; i--)
        {
            tokens.Add(new ModelToken(spelled[i], start, end));
        }
    }
}
