using Attune.Text.Models;

namespace Attune.Text;

/// <summary>All ways to cut a word into pieces; serves one word after the other.</summary>
internal sealed class UnigramLattice
{
    private const double UnknownPenalty = 10;
    private const double Negligible = 50;

    private readonly List<Node> nodes = [];
    private double[] forward = [];
    private double[] backward = [];
    private int length;

    /// <summary>Finds the pieces of a word.</summary>
    /// <param name="word">The word.</param>
    /// <param name="trie">The pieces; those with a rank below 1 are gone.</param>
    /// <param name="ranks">For a piece's id in the trie its place among those that are left.</param>
    /// <param name="scores">The scores by that place; the first is the unknown.</param>
    /// <param name="leastScore">The least of them.</param>
    public void Fill(string word, PieceTrie trie, int[] ranks, List<double> scores, double leastScore)
    {
        nodes.Clear();
        length = word.Length;
        for (int at = 0; at < length;)
        {
            int single = CodePoints.LengthAt(word, at);
            bool hasSingle = false;
            int node = PieceTrie.Root;
            for (int end = at; end < length && trie.Next(ref node, word[end], out int id);)
            {
                end++;
                if (id >= 0 && ranks[id] > 0)
                {
                    nodes.Add(new Node(at, end, ranks[id], scores[ranks[id]]));
                    hasSingle |= end == at + single;
                }
            }

            if (!hasSingle)
            {
                nodes.Add(new Node(at, at + single, 0, leastScore - UnknownPenalty));
            }

            at += single;
        }
    }

    /// <summary>Adds to each piece how often it is expected to be used, the word counting <paramref name="count"/> times.</summary>
    public void AddExpected(double count, double[] expected)
    {
        Reset(ref forward);
        Reset(ref backward);
        forward[0] = backward[length] = 0;
        foreach (Node node in nodes)
        {
            forward[node.End] = Sum(forward[node.End], forward[node.Start] + node.Score);
        }

        for (int i = nodes.Count - 1; i >= 0; i--)
        {
            backward[nodes[i].Start] = Sum(backward[nodes[i].Start], backward[nodes[i].End] + nodes[i].Score);
        }

        foreach (Node node in nodes)
        {
            expected[node.Piece] += count * Math.Exp(forward[node.Start] + node.Score + backward[node.End] - forward[length]);
        }
    }

    /// <summary>The best way and the second best, as pieces; null where there is no second.</summary>
    public (List<int> Best, List<int>? Second) BestTwo()
    {
        // At each place the two best ways to get there: the score, the node, and which of the two ways to its start.
        var ways = new (double Score, int Node, int Way)[2][];
        for (int way = 0; way < 2; way++)
        {
            ways[way] = new (double, int, int)[length + 1];
            Array.Fill(ways[way], (double.NegativeInfinity, -1, 0));
        }

        ways[0][0] = (0, -1, 0);
        for (int i = 0; i < nodes.Count; i++)
        {
            for (int way = 0; way < 2; way++)
            {
                (double score, int before, _) = ways[way][nodes[i].Start];
                if (before < 0 && (nodes[i].Start > 0 || way > 0))
                {
                    continue;
                }

                var candidate = (score + nodes[i].Score, i, way);
                if (candidate.Item1 > ways[0][nodes[i].End].Score)
                {
                    ways[1][nodes[i].End] = ways[0][nodes[i].End];
                    ways[0][nodes[i].End] = candidate;
                }
                else if (candidate.Item1 > ways[1][nodes[i].End].Score)
                {
                    ways[1][nodes[i].End] = candidate;
                }
            }
        }

        return (Path(ways, 0), ways[1][length].Node < 0 ? null : Path(ways, 1));
    }

    private List<int> Path((double Score, int Node, int Way)[][] ways, int way)
    {
        var path = new List<int>();
        for (int end = length; end > 0;)
        {
            (_, int node, int before) = ways[way][end];
            path.Add(nodes[node].Piece);
            (end, way) = (nodes[node].Start, before);
        }

        path.Reverse();
        return path;
    }

    private void Reset(ref double[] sums)
    {
        if (sums.Length <= length)
        {
            sums = new double[length + 1];
        }

        sums.AsSpan(0, length + 1).Fill(double.NegativeInfinity);
    }

    // log(exp(one) + exp(other)).
    private static double Sum(double one, double other)
    {
        (double less, double more) = one > other ? (other, one) : (one, other);
        return more > less + Negligible ? more : more + Math.Log(Math.Exp(less - more) + 1);
    }

    private readonly record struct Node(int Start, int End, int Piece, double Score);
}
